# Profile-guided optimization, g++ alone: `record` builds a program that writes down how often it takes
# which way, `use` one that is laid out by what was written. script/build --guided does both.
set(MINATO_PROFILE "" CACHE STRING "record, or use, a profile of what the program does")
set(MINATO_PROFILE_FOLDER "${PROJECT_SOURCE_DIR}/build/profile-data" CACHE PATH "Where it lies")

if(MINATO_PROFILE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "MINATO_PROFILE needs g++; this is ${CMAKE_CXX_COMPILER_ID}")
endif()
if(MINATO_PROFILE)
  # Both builds name a source's profile alike, wherever they lie.
  add_compile_options(-fprofile-prefix-path=${PROJECT_BINARY_DIR})
endif()
if(MINATO_PROFILE STREQUAL "record")
  add_compile_options(-fprofile-generate=${MINATO_PROFILE_FOLDER} -fprofile-update=atomic)
  add_link_options(-fprofile-generate)
elseif(MINATO_PROFILE STREQUAL "use")
  # What was not exercised is optimized as ever, not for size.
  add_compile_options(-fprofile-use=${MINATO_PROFILE_FOLDER} -fprofile-partial-training
    -Wno-missing-profile)
elseif(MINATO_PROFILE)
  message(FATAL_ERROR "MINATO_PROFILE is 'record' or 'use', not '${MINATO_PROFILE}'")
endif()
