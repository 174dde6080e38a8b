// Remembers keys whose responses could not be stored, or must be validated before each use, so that
// requests for them are not made to wait for one another ("hit for miss"). A guess: what is
// forgotten or confused costs a wait.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "base/reserved_array.h"
#include "base/time.h"

namespace minato::cache {

/// Shared; takes no lock. Bounds: `entries`, of which the newest stay.
class Uncacheable {
 public:
  static constexpr Seconds memory{120};
  /// What an origin in trouble says is soon over.
  static constexpr Seconds memory_of_errors{2};

  /// At most as many as `bytes_max` has room for.
  Uncacheable(std::size_t entries, std::size_t bytes_max)
      : slots_(std::min(std::bit_ceil(std::max(entries, ways)),
                        std::bit_floor(std::max(bytes_max / sizeof(Slot), ways)))) {}

  std::size_t memory_bytes() const { return slots_.bytes(); }

  /// A key by its hash, for those who name themselves alike (RequestFacts::naming): a stranger with
  /// a password must not change how others are served.
  struct Asking {
    std::uint64_t key;
    unsigned naming = 0;

    /// Ranges of what is not stored are known apart: what is no answer to one may be stored whole.
    Asking for_ranges() const { return {.key = key, .naming = naming | 4}; }
    /// One of them, of which is known what says nothing of others.
    Asking for_range(std::string_view range) const {
      return {.key = hash_bytes(range, key), .naming = naming | 4};
    }
  };

  void remember(const Asking& asking, std::uint16_t status, WallTime now) {
    const std::uint64_t hash = hash_of(asking);
    const std::uint64_t end = seconds(now + (status >= 500 ? memory_of_errors : memory));
    std::size_t oldest = slot(hash, 0);
    for (std::size_t way = 0; way < ways; ++way) {
      const std::size_t at = slot(hash, way);
      if (has(at, hash)) return write(at, hash, end);
      if (until(at) < until(oldest)) oldest = at;
    }
    write(oldest, hash, end);
  }
  void forget(const Asking& asking) {
    const std::uint64_t hash = hash_of(asking);
    for (std::size_t way = 0; way < ways; ++way)
      if (const std::size_t at = slot(hash, way); has(at, hash))
        slots_[at].store(0, std::memory_order_relaxed);
  }
  bool knows(const Asking& asking, WallTime now) const {
    const std::uint64_t hash = hash_of(asking);
    for (std::size_t way = 0; way < ways; ++way)
      if (const std::size_t at = slot(hash, way); has(at, hash)) return until(at) > seconds(now);
    return false;
  }

 private:
  /// The upper half of the hash, and the second until which it counts.
  using Slot = std::atomic<std::uint64_t>;
  static constexpr std::size_t ways = 8;
  static constexpr std::uint64_t half = 0xffffffffu;

  static std::uint64_t hash_of(const Asking& asking) {
    return asking.key ^ asking.naming * 0x9e3779b97f4a7c15u;
  }
  static std::uint64_t seconds(WallTime now) {
    return static_cast<std::uint64_t>(std::chrono::floor<Seconds>(now.time_since_epoch()).count()) &
           half;
  }
  std::size_t slot(std::uint64_t hash, std::size_t way) const {
    return (hash & (slots_.size() - 1)) ^ way;
  }
  bool has(std::size_t at, std::uint64_t hash) const {
    return slots_[at].load(std::memory_order_relaxed) >> 32 == hash >> 32;
  }
  std::uint64_t until(std::size_t at) const {
    return slots_[at].load(std::memory_order_relaxed) & half;
  }
  void write(std::size_t at, std::uint64_t hash, std::uint64_t end) {
    slots_[at].store((hash & ~half) | end, std::memory_order_relaxed);
  }

  ReservedArray<Slot> slots_;  // a power of two
};

}  // namespace minato::cache
