// Where coroutine frames come from: free lists by size, one set a thread, so that serving a request
// allocates nothing once it has been done before.
//
// Thread: each thread has its own lists; a frame freed on another thread joins that thread's lists.
// Bounds: a list keeps what was live at once, at most; frames over 4 KiB go to the allocator. What
// nobody used for a while is given back by `free_unused_frames`.
// Under a sanitizer every frame comes from the allocator, so that a use after its end is seen.
#pragma once

#include <cstddef>

namespace minato {

void* allocate_frame(std::size_t bytes);
void free_frame(void* frame, std::size_t bytes) noexcept;

/// Of this thread's lists, frees some of what nobody has used since `age_frames`: `step_frames` at
/// most. How many bytes; 0 where nothing is left.
std::size_t free_unused_frames(std::size_t step_frames);
/// From here on all that this thread's lists have counts as unused. Once nothing else does.
void age_frames();

}  // namespace minato
