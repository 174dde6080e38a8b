// What tests measure with.
#pragma once

#include <malloc.h>

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#include <sanitizer/allocator_interface.h>
#define MINATO_ALLOCATOR_OF_SANITIZER 1
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

}  // namespace minato
