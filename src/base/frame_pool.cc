#include "base/frame_pool.h"

#include <new>

#include "base/free_lists.h"

namespace minato {
namespace {

constexpr std::size_t step_bytes = 64;
constexpr std::size_t largest_bytes = 4096;

/// Of one thread; a frame of `size_class` has so many steps and one more.
class FreeFrames {
 public:
  FreeFrames() = default;
  FreeFrames(const FreeFrames&) = delete;
  FreeFrames& operator=(const FreeFrames&) = delete;
  ~FreeFrames() {
    for (std::size_t each = 0; each < classes; ++each)
      while (void* const frame = lists_.take(each)) ::operator delete(frame);
  }

  void* take(std::size_t size_class) {
    void* const frame = lists_.take(size_class);
    return frame != nullptr ? frame : ::operator new(bytes_of(size_class));
  }
  void give(void* frame, std::size_t size_class) noexcept { lists_.give(frame, size_class); }

  std::size_t free_unused(std::size_t step_frames) noexcept;
  void age() noexcept { lists_.age(); }

 private:
  static constexpr std::size_t classes = largest_bytes / step_bytes;
  static constexpr std::size_t bytes_of(std::size_t size_class) {
    return (size_class + 1) * step_bytes;
  }

  FreeLists<classes> lists_;
};

std::size_t FreeFrames::free_unused(std::size_t step_frames) noexcept {
  std::size_t bytes = 0;
  for (std::size_t each = 0; each < classes; ++each)
    for (; step_frames > 0; --step_frames) {
      void* const frame = lists_.take_unused(each);
      if (frame == nullptr) break;
      ::operator delete(frame);
      bytes += bytes_of(each);
    }
  return bytes;
}

#ifdef MINATO_SANITIZED
constexpr bool pooled = false;
#else
constexpr bool pooled = true;
#endif

// The one thread-local of the program: operator new of a coroutine frame has no argument to carry
// it.
thread_local FreeFrames free_frames;

constexpr std::size_t size_class_of(std::size_t bytes) { return (bytes - 1) / step_bytes; }

}  // namespace

void* allocate_frame(std::size_t bytes) {
  if (pooled && bytes <= largest_bytes) return free_frames.take(size_class_of(bytes));
  return ::operator new(bytes);
}

void free_frame(void* frame, std::size_t bytes) noexcept {
  if (pooled && bytes <= largest_bytes) return free_frames.give(frame, size_class_of(bytes));
  ::operator delete(frame);
}

std::size_t free_unused_frames(std::size_t step_frames) {
  return free_frames.free_unused(step_frames);
}

void age_frames() { free_frames.age(); }

}  // namespace minato
