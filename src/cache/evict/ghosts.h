// Remembers the hashes of what went lately.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/reserved_array.h"

namespace minato::cache {

/// A table of sets: where many hashes meet in one, the oldest is forgotten before its turn. With
/// two places for each that it is made for, that is one in two hundred.
class Ghosts {
 public:
  explicit Ghosts(std::size_t limit_max) : slots_((2 * limit_max / ways + 1) * ways) {}

  /// Forgets what was added before the latest `limit`.
  void add(std::uint64_t hash, std::size_t limit) {
    limit_ = limit;
    if (++now_ == 0) ++now_;
    const auto set = set_of(hash);
    const auto same = find(set, hash);
    const auto oldest = [this](const Slot& slot) { return slot.added == 0 ? ~0u : age(slot); };
    *(same != set.end() ? same : std::ranges::max_element(set, {}, oldest)) = {print(hash), now_};
  }
  /// True where it is remembered; it is forgotten then.
  bool take(std::uint64_t hash) {
    const auto set = set_of(hash);
    const auto found = find(set, hash);
    if (found == set.end()) return false;
    const bool is_known = age(*found) < limit_;
    *found = {};
    return is_known;
  }
  std::size_t memory_bytes() const { return slots_.bytes(); }

 private:
  static constexpr std::size_t ways = 8;
  /// The lower half of a hash, and which addition it was: from 1; 0: none.
  struct Slot {
    std::uint32_t print, added;
  };
  using Set = std::span<Slot, ways>;

  static std::uint32_t print(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  std::uint32_t age(const Slot& slot) const { return now_ - slot.added; }
  Set set_of(std::uint64_t hash) const {
    const std::uint64_t number = (hash >> 32) * (slots_.size() / ways) >> 32;
    return Set(slots_.data() + number * ways, ways);
  }
  static Set::iterator find(Set set, std::uint64_t hash) {
    return std::ranges::find_if(
        set, [&](const Slot& slot) { return slot.added != 0 && slot.print == print(hash); });
  }

  ReservedArray<Slot> slots_;
  std::size_t limit_ = 0;
  std::uint32_t now_ = 0;
};

}  // namespace minato::cache
