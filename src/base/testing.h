// What tests measure with.
#pragma once

#include <malloc.h>

#include <cstddef>
#include <fstream>

#include "base/reserved_array.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#include <sanitizer/allocator_interface.h>
#define MINATO_ALLOCATOR_OF_SANITIZER 1
#endif
#if __has_feature(thread_sanitizer)
#define MINATO_SHADOWED 1
#endif
#endif

namespace minato {

/// What the allocator has given and not got back, of all threads.
inline std::size_t heap_bytes() {
#ifdef MINATO_ALLOCATOR_OF_SANITIZER
  return __sanitizer_get_current_allocated_bytes();
#else
  const auto heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
#endif
}

/// Whether each page that is written to takes others, which stay when it goes back.
#ifdef MINATO_SHADOWED
inline constexpr bool pages_have_shadows = true;
#else
inline constexpr bool pages_have_shadows = false;
#endif

/// What the system has given, of all threads.
inline std::size_t resident_bytes() {
  std::size_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * ReservedArray<char>::page_bytes();
}

}  // namespace minato
