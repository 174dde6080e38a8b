# What every target of ours is compiled with; a warning fails the build.
add_library(minato_warnings INTERFACE)
target_compile_options(minato_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough -Werror
  # g++ 12 sees uninitialized members and dangling storage in coroutine frames where there are none,
  # and overlapping copies in the sums of strings (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-missing-field-initializers -Wno-restrict>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers>)
