// Memory that lives as long as one exchange: taken bump by bump, given back all at once.
// For trivially destructible things only; nothing in it is ever destroyed.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/block_pool.h"

namespace minato {

/// Thread: as its pool. Bounds: the caller's; what goes in is already bounded by the limits on
/// heads.
class Arena {
 public:
  explicit Arena(BlockPool& pool) : pool_(pool) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(std::size_t bytes, std::size_t alignment) {
    std::size_t padding = padding_for(alignment);
    if (bytes + padding > left_) {
      grow(bytes + alignment);
      padding = padding_for(alignment);
    }
    char* const at = next_ + padding;
    next_ = at + bytes;
    left_ -= padding + bytes;
    return at;
  }

  /// `count` value-initialized elements.
  template <class T>
  std::span<T> array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* const first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }

  /// Room for `count` elements, none of which is there before it is written.
  template <class T>
  std::span<T> room(std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    return {static_cast<T*>(allocate(count * sizeof(T), alignof(T))), count};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* const to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  /// The parts one behind the other.
  template <class... Parts>
  std::string_view join(const Parts&... parts) {
    const std::size_t size = (std::string_view(parts).size() + ... + 0);
    if (size == 0) return {};
    char* const to = static_cast<char*>(allocate(size, 1));
    char* at = to;
    ((at = append(at, std::string_view(parts))), ...);
    return {to, size};
  }

  /// Gives every block back; all that was taken is gone.
  void reset() {
    block_.release();
    full_.clear();
    next_ = nullptr;
    left_ = 0;
  }

 private:
  static char* append(char* to, std::string_view part) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    return to + part.size();
  }
  /// Bytes up to the next multiple of `alignment`, a power of two.
  std::size_t padding_for(std::size_t alignment) const {
    return -reinterpret_cast<std::uintptr_t>(next_) & (alignment - 1);
  }
  void grow(std::size_t bytes) {
    if (block_) full_.push_back(std::move(block_));
    block_ = pool_.take(bytes);
    next_ = block_.data();
    left_ = block_.size();
  }

  BlockPool& pool_;
  Block block_;
  std::vector<Block> full_;  // empty unless an exchange outgrew its first block
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace minato
