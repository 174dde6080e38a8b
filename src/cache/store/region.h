// Memory of a fixed size, from which everything that the cache stores is taken: a buddy system
// (Knowlton, CACM 1965) whose blocks are cut to size, so that at most a grain of each is lost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/reserved_array.h"

namespace minato::cache {

/// Thread: whoever holds the lock of the store.
/// Bounds: `bytes`, of which the system gives what was ever used.
class Region {
 public:
  static constexpr std::size_t grain_bytes = 64;
  /// The largest piece that can be taken.
  static constexpr std::size_t piece_bytes_max = 1u << 20;

  /// `bytes` is rounded down to pieces of the largest size.
  explicit Region(std::size_t bytes);
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  /// `bytes` bytes, aligned to a grain; nullptr where no hole is that large.
  char* take(std::size_t bytes);
  /// What was taken; `bytes` as it was asked for. The end alone may be given back as well: `piece`
  /// must then begin at a grain.
  void give(char* piece, std::size_t bytes);

  /// What is taken of `bytes` bytes.
  static constexpr std::size_t rounded(std::size_t bytes) {
    return (bytes + grain_bytes - 1) / grain_bytes * grain_bytes;
  }
  std::size_t size_bytes() const { return grains_ * grain_bytes; }
  std::size_t used_bytes() const { return used_grains_ * grain_bytes; }
  /// Of its own book-keeping.
  std::size_t overhead_bytes() const { return grains_; }

 private:
  static constexpr unsigned orders = 15;  // 64 bytes to 1 MiB
  struct Hole {
    Hole* next;
    Hole* previous;
  };

  Hole* hole_at(std::size_t grain) const;
  std::size_t grain_of(const void* at) const;
  void push(std::size_t grain, unsigned order);
  void unlink(std::size_t grain, unsigned order);
  void free_block(std::size_t grain, unsigned order);
  void free_range(std::size_t first, std::size_t last);
  bool take_up_more();

  std::size_t grains_;
  std::size_t reached_ = 0;  // grains from here on were never written
  std::size_t used_grains_ = 0;
  ReservedArray<char> memory_;
  ReservedArray<std::uint8_t> order_of_hole_;  // one a grain: order + 1 of the hole there, or 0
  std::array<Hole*, orders> holes_{};
};

}  // namespace minato::cache
