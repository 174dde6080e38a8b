# How every target is compiled and linked, whatever room it belongs to.

# An installed ccache is used unless another launcher was chosen.
find_program(MINATO_CCACHE ccache)
if(MINATO_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${MINATO_CCACHE})
endif()

if(MINATO_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT lto_works OUTPUT why LANGUAGES CXX)
  if(lto_works)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
    # g++ 12 sees copies without end in std::string's operator+ where there are none.
    add_link_options($<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
  else()
    message(WARNING "no link-time optimization: ${why}")
  endif()
endif()

# The program parses what strangers send: tables that the linker fills are read-only afterwards.
add_link_options(-Wl,-z,relro,-z,now)
# Debug builds check the standard library's preconditions too.
add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
