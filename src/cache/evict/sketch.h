// How often keys were asked for lately, roughly: a count-min sketch of four-bit counters that are
// halved now and then (Einziger et al., TinyLFU, ACM ToS 2017).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/reserved_array.h"

namespace minato::cache {

class Sketch {
 public:
  static constexpr std::uint32_t count_max = 15;

  explicit Sketch(std::size_t keys_max)
      : counters_(std::bit_ceil(2 * std::max(keys_max, keys_min / 2))) {}

  /// Where that needs more counters, what was counted is forgotten.
  void make_room_for(std::size_t keys) {
    if (keys <= used_ || used_ == counters_.size()) return;
    std::fill_n(counters_.data(), used_, 0);
    used_ = std::min(std::bit_ceil(2 * keys), counters_.size());
    added_ = 0;
  }

  void add(std::uint64_t hash, std::uint32_t times = 1) {
    for (; times > 0; --times) add_once(hash);
  }
  std::uint32_t estimate(std::uint64_t hash) const {
    std::uint32_t least = count_max;
    for (unsigned row = 0; row < rows; ++row) least = std::min(least, get(place(hash, row)));
    return least;
  }
  std::size_t memory_bytes() const { return counters_.bytes(); }

 private:
  static constexpr unsigned rows = 4;
  static constexpr std::size_t keys_min = 64;
  struct Place {
    std::size_t word;
    unsigned shift;
  };

  Place place(std::uint64_t hash, unsigned row) const {
    constexpr std::array<std::uint64_t, rows> seeds{0xc3a5c85c97cb3127u, 0xb492b66fbe98f273u,
                                                    0x9ae16a3b2f90404fu, 0xcbf29ce484222325u};
    std::uint64_t mixed = (hash + seeds[row]) * seeds[row];
    mixed ^= mixed >> 32;
    const auto quarter = static_cast<unsigned>(mixed >> 60) & 3;
    return {mixed & (used_ - 1), 16 * row + 4 * quarter};
  }
  std::uint32_t get(Place at) const {
    return static_cast<std::uint32_t>(counters_[at.word] >> at.shift) & count_max;
  }

  void add_once(std::uint64_t hash) {
    bool grew = false;
    for (unsigned row = 0; row < rows; ++row) {
      const Place at = place(hash, row);
      if (get(at) == count_max) continue;
      counters_[at.word] += std::uint64_t{1} << at.shift;
      grew = true;
    }
    if (grew && ++added_ >= 10 * used_) halve();
  }

  /// What was asked for long ago counts less and less.
  void halve() {
    for (std::size_t at = 0; at < used_; ++at)
      counters_[at] = (counters_[at] >> 1) & 0x7777777777777777u;
    added_ /= 2;
  }

  ReservedArray<std::uint64_t> counters_;  // sixteen of four bits each
  std::size_t used_ = keys_min;            // of them: a power of two
  std::size_t added_ = 0;
};

}  // namespace minato::cache
