#include "base/frame_pool.h"

#include <array>
#include <new>
#include <utility>

namespace minato {
namespace {

constexpr std::size_t step_bytes = 64;
constexpr std::size_t largest_bytes = 4096;

struct FreeFrame {
  FreeFrame* next;
};

FreeFrame* pop(FreeFrame*& list) { return std::exchange(list, list->next); }

class FreeLists {
 public:
  FreeLists() = default;
  FreeLists(const FreeLists&) = delete;
  FreeLists& operator=(const FreeLists&) = delete;
  ~FreeLists() {
    for (auto* lists : {&used_, &unused_})
      for (FreeFrame*& list : *lists)
        while (list != nullptr) ::operator delete(pop(list));
  }

  void* take(std::size_t size_class) {
    FreeFrame*& list = used_[size_class];
    return list == nullptr ? take_another(size_class) : pop(list);
  }
  void give(void* frame, std::size_t size_class) noexcept {
    used_[size_class] = new (frame) FreeFrame{used_[size_class]};
  }

  std::size_t free_unused(std::size_t step_frames) noexcept;
  void age() noexcept { unused_.swap(used_); }

 private:
  static constexpr std::size_t classes = largest_bytes / step_bytes;
  static constexpr std::size_t bytes_of(std::size_t size_class) {
    return (size_class + 1) * step_bytes;
  }
  void* take_another(std::size_t size_class) {
    FreeFrame*& list = unused_[size_class];
    return list == nullptr ? ::operator new(bytes_of(size_class)) : pop(list);
  }

  std::array<FreeFrame*, classes> used_{};    // since `age`
  std::array<FreeFrame*, classes> unused_{};  // taken where there are none of the others
};

std::size_t FreeLists::free_unused(std::size_t step_frames) noexcept {
  std::size_t bytes = 0;
  for (std::size_t each = 0; each < classes; ++each)
    for (FreeFrame*& list = unused_[each]; list != nullptr && step_frames > 0; --step_frames) {
      ::operator delete(pop(list));
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
thread_local FreeLists free_lists;

constexpr std::size_t size_class_of(std::size_t bytes) { return (bytes - 1) / step_bytes; }

}  // namespace

void* allocate_frame(std::size_t bytes) {
  if (pooled && bytes <= largest_bytes) return free_lists.take(size_class_of(bytes));
  return ::operator new(bytes);
}

void free_frame(void* frame, std::size_t bytes) noexcept {
  if (pooled && bytes <= largest_bytes) return free_lists.give(frame, size_class_of(bytes));
  ::operator delete(frame);
}

std::size_t free_unused_frames(std::size_t step_frames) {
  return free_lists.free_unused(step_frames);
}

void age_frames() { free_lists.age(); }

}  // namespace minato
