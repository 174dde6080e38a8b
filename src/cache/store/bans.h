// The bans that are pending: each entry is held against them when it is next used (after Varnish's
// bans), or when its turn comes in the background.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "cache/store/ban_table.h"

namespace minato::cache {

/// While a sweep carries out those of one table, what comes stands in the other. Bounds: `bytes`,
/// from the beginning on.
class BanList {
 public:
  BanList(std::uint64_t bytes, std::uint64_t seed)
      : tables_{{{bytes / 2, seed}, {bytes / 2, seed}}} {}

  /// The number of the newest. Any thread. Of one order with the beginning of a Look: who waits for
  /// readers after `add` waits for all that may have read what was there before.
  std::uint64_t newest() const { return newest_.load(std::memory_order_seq_cst); }

  enum class Verdict : std::uint8_t { none, stale, gone };
  /// What those say of an entry that it was not held against yet, which it is now; what is stale
  /// is marked so, and one of several threads is told so. Inside a Look, or under the lock.
  Verdict judge(Entry& entry) const;

  // Under the lock of the store.
  bool has_room() const { return tables_[filled_].has_room(); }
  void add(const Ban& ban);
  bool is_empty() const { return swept_ == newest(); }

  /// What was added so far is to be carried out. False where it cannot begin yet: the table for
  /// what comes is being cleared, a step a call. Nobody may look at it any more.
  bool begin_sweep();
  /// Those of before it began are carried out, and go.
  void end_sweep();

  std::uint64_t memory_bytes() const {
    return tables_[0].memory_bytes() + tables_[1].memory_bytes();
  }

 private:
  std::array<BanTable, 2> tables_;
  std::size_t filled_ = 0;  // what comes goes there
  std::uint64_t swept_ = 0, swept_next_ = 0;
  std::atomic<std::uint64_t> newest_{0};
};

}  // namespace minato::cache
