// Free memory of several sizes, linked through itself, and which of it nobody needs any more.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace minato {

/// For each of `Classes` sizes what came last goes first. Tells apart what was used since `age` and
/// what has lain here all the time. Whoever has it frees what is left.
template <std::size_t Classes>
class FreeLists {
 public:
  /// What was used, first; nullptr where there is nothing.
  void* take(std::size_t size_class) noexcept {
    Free*& list = used_[size_class];
    return list != nullptr ? pop(list) : take_unused(size_class);
  }
  /// What was not, alone; nullptr where there is nothing.
  void* take_unused(std::size_t size_class) noexcept {
    Free*& list = unused_[size_class];
    return list != nullptr ? pop(list) : nullptr;
  }
  /// `memory` has room for a pointer.
  void give(void* memory, std::size_t size_class) noexcept {
    used_[size_class] = new (memory) Free{used_[size_class]};
  }
  /// From here on all that is here counts as unused. Once nothing else does.
  void age() noexcept { unused_.swap(used_); }

 private:
  struct Free {
    Free* next;
  };
  static Free* pop(Free*& list) noexcept { return std::exchange(list, list->next); }

  std::array<Free*, Classes> used_{}, unused_{};
};

}  // namespace minato
