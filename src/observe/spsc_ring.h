// A queue between two threads, one that puts and one that takes, without a lock.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "base/cache_line.h"

namespace minato::observe {

template <class T>
class SpscRing {
 public:
  /// Holds at least `capacity` elements.
  explicit SpscRing(std::size_t capacity) : slots_(std::bit_ceil(capacity)) {}

  /// The putting thread alone. The caller knows that there is room.
  void put(T element) {
    const auto at = put_.load(std::memory_order_relaxed);
    MINATO_ASSERT(at - taken_.load(std::memory_order_acquire) < slots_.size());
    slots_[at & (slots_.size() - 1)] = element;
    put_.store(at + 1, std::memory_order_release);
  }

  /// The taking thread alone. The oldest element, or nullopt.
  std::optional<T> take() {
    const auto at = taken_.load(std::memory_order_relaxed);
    if (at == put_.load(std::memory_order_acquire)) return std::nullopt;
    const T element = slots_[at & (slots_.size() - 1)];
    taken_.store(at + 1, std::memory_order_release);
    return element;
  }

 private:
  std::vector<T> slots_;
  // Both count up for ever and wrap; their difference is what is inside.
  alignas(cache_line_bytes) std::atomic<std::size_t> put_{0};
  alignas(cache_line_bytes) std::atomic<std::size_t> taken_{0};
};

}  // namespace minato::observe
