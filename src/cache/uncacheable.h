// Remembers keys whose responses could not be stored, or must be validated before each use, so that
// requests for them are not made to wait for one another ("hit for miss"). A guess: what is
// forgotten or confused costs a wait.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>

#include "base/time.h"

namespace minato::cache {

/// Shared; takes no lock. Bounds: `entries`, of which the newest stay.
class Uncacheable {
 public:
  static constexpr Seconds memory{120};
  /// What an origin in trouble says is soon over.
  static constexpr Seconds memory_of_errors{2};

  explicit Uncacheable(std::size_t entries)
      : mask_(std::bit_ceil(std::max(entries, ways)) - 1),
        slots_(std::make_unique<std::atomic<std::uint64_t>[]>(mask_ + 1)) {}

  void remember(std::uint64_t hash, std::uint16_t status, WallTime now) {
    const std::uint64_t end = seconds(now + (status >= 500 ? memory_of_errors : memory));
    std::size_t oldest = slot(hash, 0);
    for (std::size_t way = 0; way < ways; ++way) {
      const std::size_t at = slot(hash, way);
      if (has(at, hash)) return write(at, hash, end);
      if (until(at) < until(oldest)) oldest = at;
    }
    write(oldest, hash, end);
  }
  void forget(std::uint64_t hash) {
    for (std::size_t way = 0; way < ways; ++way)
      if (const std::size_t at = slot(hash, way); has(at, hash))
        slots_[at].store(0, std::memory_order_relaxed);
  }
  bool knows(std::uint64_t hash, WallTime now) const {
    for (std::size_t way = 0; way < ways; ++way)
      if (const std::size_t at = slot(hash, way); has(at, hash)) return until(at) > seconds(now);
    return false;
  }

 private:
  // A slot: the upper half of the hash, and the second until which it counts.
  static constexpr std::size_t ways = 8;
  static constexpr std::uint64_t half = 0xffffffffu;

  static std::uint64_t seconds(WallTime now) {
    return static_cast<std::uint64_t>(std::chrono::floor<Seconds>(now.time_since_epoch()).count()) &
           half;
  }
  std::size_t slot(std::uint64_t hash, std::size_t way) const { return (hash & mask_) ^ way; }
  bool has(std::size_t at, std::uint64_t hash) const {
    return slots_[at].load(std::memory_order_relaxed) >> 32 == hash >> 32;
  }
  std::uint64_t until(std::size_t at) const {
    return slots_[at].load(std::memory_order_relaxed) & half;
  }
  void write(std::size_t at, std::uint64_t hash, std::uint64_t end) {
    slots_[at].store((hash & ~half) | end, std::memory_order_relaxed);
  }

  std::size_t mask_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> slots_;
};

}  // namespace minato::cache
