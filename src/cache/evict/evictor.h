// Which stored response goes when the cache is full.
//
// A hit only marks the item that it served: an atomic exchange and an addition on the item's own
// line, from any thread and without a lock. Policies read the marks when they look for a victim,
// which is where the order is made: exact for LRU and LFU, since an item's mark only ever grows, as
// long as there are no more items than may be passed over for one victim.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/intrusive_list.h"

namespace minato::cache {

/// What a policy keeps of one stored response.
struct Item : ListLink {
  Item(std::uint64_t hash_of_key, std::uint64_t bytes_held)
      : hash(hash_of_key), bytes(bytes_held) {}

  const std::uint64_t hash;
  std::uint64_t bytes;

  /// Marks a use at `tick`, which grows from use to use. Any thread; of those that come at once
  /// the latest tick stays.
  void touch(std::uint64_t tick) {
    std::uint64_t last = used.load(std::memory_order_relaxed);
    while (last < tick && !used.compare_exchange_weak(last, tick, std::memory_order_relaxed)) {
    }
    if (hits.load(std::memory_order_relaxed) < hits_max)
      hits.fetch_add(1, std::memory_order_relaxed);
  }
  /// Takes over the uses of `replaced`, in whose place it comes, which counts as one itself.
  void succeed(const Item& replaced) {
    const auto room = hits_max - std::min(hits.load(std::memory_order_relaxed), hits_max);
    const auto uses = std::min(replaced.hits.load(std::memory_order_relaxed), hits_max - 1) + 1;
    hits.fetch_add(std::min(uses, room), std::memory_order_relaxed);
  }
  /// Counts no further, lest it began anew; all threads at once may still count on from here.
  static constexpr std::uint32_t hits_max = 4'000'000'000;
  std::atomic<std::uint64_t> used{0};
  std::atomic<std::uint32_t> hits{0};

  // The policy's own, under the owner's lock.
  std::uint32_t seen_hits = 0;
  std::uint32_t place = 0;  ///< in whatever the policy keeps it
};

/// So many items that were used since a policy last looked at them are passed over for one victim:
/// of a million that all were, others waited for the lock for 0.2 s. Then what seems best of those
/// goes.
inline constexpr std::size_t passed_over_max = 10'000;

/// Thread: whoever holds the lock of the cache. Items are not owned.
class Evictor {
 public:
  virtual ~Evictor() = default;

  /// `item` was stored just now; its mark says when. There are fewer than `items_max`.
  virtual void add(Item& item) = 0;
  /// Takes out and returns the one that is to go; nullptr where there is none.
  virtual Item* victim() = 0;
  /// `item` goes for another reason.
  virtual void remove(Item& item) = 0;
  /// Memory beyond the items themselves: all that it ever takes, from its beginning on.
  virtual std::size_t memory_bytes() const = 0;
};

// Each for so many items at most.
std::unique_ptr<Evictor> make_lru(std::size_t items_max);
std::unique_ptr<Evictor> make_lfu(std::size_t items_max);
std::unique_ptr<Evictor> make_s3fifo(std::size_t items_max);
std::unique_ptr<Evictor> make_tinylfu(std::size_t items_max);

struct EvictorKind {
  std::string_view name;  ///< as in the configuration
  std::unique_ptr<Evictor> (*make)(std::size_t items_max);
};
inline constexpr std::array evictors{
    EvictorKind{"lru", make_lru},
    EvictorKind{"lfu", make_lfu},
    EvictorKind{"s3fifo", make_s3fifo},
    EvictorKind{"tinylfu", make_tinylfu},
};

}  // namespace minato::cache
