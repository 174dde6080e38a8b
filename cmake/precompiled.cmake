# What makes the builds under sanitizers faster: what most sources include of others' headers is
# parsed once, and tests of rooms, most of the code there, are not optimized. The other builds do
# without, so that a source cannot come to rely on an include that it does not have.
option(MINATO_PRECOMPILED "Precompile the headers of the standard library and GoogleTest" OFF)

set(MINATO_COMMON_HEADERS
  <algorithm> <array> <chrono> <coroutine> <cstdint> <cstring> <expected> <functional> <map>
  <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector> <fmt/format.h>)

# An object library that exists for its precompiled header; other targets use it by name.
function(minato_precompile name)
  set(source ${PROJECT_BINARY_DIR}/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${name} OBJECT ${source})
  target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

set(MINATO_TEST_OPTIONS $<IF:$<CONFIG:Debug>,-O0,-O1>)

function(minato_use_precompiled target name)
  if(MINATO_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

if(MINATO_PRECOMPILED)
  find_package(fmt REQUIRED)
  minato_precompile(minato_common_headers ${MINATO_COMMON_HEADERS})
  target_link_libraries(minato_common_headers PRIVATE fmt::fmt)
  if(MINATO_TESTS)
    find_package(GTest REQUIRED)
    minato_precompile(minato_test_headers ${MINATO_COMMON_HEADERS} <gtest/gtest.h> <gmock/gmock.h>)
    target_link_libraries(minato_test_headers PRIVATE fmt::fmt GTest::gmock GTest::gtest)
    target_compile_options(minato_test_headers PRIVATE ${MINATO_TEST_OPTIONS})
  endif()
endif()
