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

class FreeLists {
 public:
  FreeLists() = default;
  FreeLists(const FreeLists&) = delete;
  FreeLists& operator=(const FreeLists&) = delete;
  ~FreeLists() {
    for (FreeFrame*& head : heads_)
      while (head != nullptr) ::operator delete(std::exchange(head, head->next));
  }

  void* take(std::size_t size_class) {
    FreeFrame*& head = heads_[size_class];
    if (head == nullptr) return ::operator new((size_class + 1) * step_bytes);
    return std::exchange(head, head->next);
  }
  void give(void* frame, std::size_t size_class) noexcept {
    heads_[size_class] = new (frame) FreeFrame{heads_[size_class]};
  }

 private:
  std::array<FreeFrame*, largest_bytes / step_bytes> heads_{};
};

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

}  // namespace minato
