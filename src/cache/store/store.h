// What the cache holds: one store for all workers.
//
// To find an entry takes no lock and writes nothing but the finder's own line and the entry's. To
// store, evict or purge takes the one lock, for as long as it takes to link or unlink an entry.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/intrusive_list.h"
#include "base/short_lock.h"
#include "cache/store/bans.h"
#include "cache/store/draft.h"
#include "cache/store/pin.h"
#include "cache/store/purge_log.h"
#include "cache/store/readers.h"
#include "cache/store/region.h"
#include "cache/store/tag_index.h"

namespace minato::cache {

struct StoreLimits {
  std::uint64_t memory_bytes = 256u << 20;   ///< of everything: bodies, heads, index
  std::uint64_t memory_bytes_elsewhere = 0;  ///< of those, what others than the store hold
  std::uint64_t entries = 100;
  const EvictorKind* evictor = &evictors.front();
  std::size_t readers = 1;  ///< threads that find; numbered from 0
  std::uint64_t seed = 0;   ///< of hashes

  /// Of the memory: half for bans that are pending, half for the purges of late.
  std::uint64_t purges_bytes() const { return memory_bytes / 64; }
};

struct StoreStats {
  std::uint64_t entries = 0;
  std::uint64_t entries_max = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_bytes_max = 0;
  std::uint64_t stored = 0;   ///< ever
  std::uint64_t evicted = 0;  ///< ever, to make room
  std::uint64_t purged =
      0;  ///< ever, by hand or by an unsafe request: once they are gone or marked
};

/// Shared. Outlive: pins, pieces and drafts die before the store.
class Store {
 public:
  explicit Store(const StoreLimits& limits);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::uint64_t seed() const { return limits_.seed; }
  /// No content is larger: it would drive all others out, and find no room all the same.
  std::uint64_t content_bytes_max() const;

  struct Found {
    Pin entry;
    bool knows_key = false;  ///< something is stored under it, if for other requests
    Pin part{};  ///< where there is no `entry`: the newest of what it selects that is a part
  };
  /// The newest by its Date that `request` selects (RFC 9111 4, 4.1): a whole one, or else a part
  /// that has what its Range asks for. No lock.
  Found find(const Key& key, const http::Fields& request, std::size_t reader);
  /// What Vary named in the newest response under `key`; a copy.
  std::string vary_of(const Key& key, std::size_t reader);
  /// Parts of the same response as `part`, itself among them: of the same strong entity tag and
  /// size of the whole (RFC 9110 15.3.7.3). None where it has none, or does not say it.
  std::vector<Pin> parts_like(Entry& part, std::size_t reader);

  /// How many purges there were so far; what is asked for from now on is newer than those. No lock.
  std::uint64_t purges() const { return purge_log_.count(); }

  // The rest takes the lock.

  /// Calls `visit`, which may take its time, for what is stored under a URL: the first
  /// `visited_max`.
  void visit(const Url& url, std::size_t reader, const std::function<void(const Entry&)>& visit);
  static constexpr std::size_t visited_max = 1000;
  /// How many entries are found through tags in one step.
  static constexpr std::size_t found_of_step = 2048;
  /// Whether what was asked for under `key` when there had been `before` purges could be what one
  /// of those since then was to end. Without any since then, no lock.
  bool may_be_purged(std::string_view key, std::uint64_t before) const;
  /// The same of `entry`, which is known: whether it was.
  bool was_purged(const Entry& entry, std::uint64_t before) const;

  /// An entry without content that nobody can find yet. Null where there is no memory for it.
  Pin draft(const EntryParts& parts);
  /// Memory for at most `bytes` of a body, and for some at least; nullptr where there is none. Some
  /// entries go before it is so little that all of them do not fit into so many `pieces`.
  Piece* take_piece(std::size_t bytes, std::size_t pieces = 1);
  /// Gives what `piece` has not used back.
  void trim(Piece& piece);
  void give_pieces(Piece* first);

  /// Puts a draft in the place of whatever the same requests selected before. `first` is its body,
  /// of `size` bytes. It stays out of sight, and that is false, where it was purged since
  /// it was asked for, or a newer response came meanwhile.
  bool insert(Entry& draft, Piece* first, std::uint64_t size);
  /// The same with the body of another entry, which goes; `purges_before` is the draft's.
  bool insert_in_place_of(Entry& stored, Entry& draft, std::uint64_t purges_before);

  void remove(Entry& entry);  ///< no purge, and not counted as one
  /// It can still be found.
  bool holds(Entry& entry);

  // Each is in force at once, and tells how many it found. What is too much for one step becomes a
  // ban, so that nobody waits for the lock for long.
  // nullopt: more than `found_of_step` maybe, and not counted.
  std::optional<std::uint64_t> purge_url(const Url& url, Purge how);
  std::optional<std::uint64_t> purge_tag(std::string_view tag, Purge how);
  /// Of what is banned already, too.
  std::uint64_t purge_all(Purge how);
  void ban(const Ban& ban);
  /// Carries out on some entries what bans say of them, so that what is gone gives its memory back.
  /// False where none is pending any more. Cost: bounded, whatever is stored. Each draft and
  /// each purge of a URL does a part of such a step, as nobody else sees to what workers purge.
  bool carry_out_bans();

  /// Some of what is unused goes back to the system, for good. False where none is. Cost: bounded.
  bool give_up_some();
  StoreStats stats() const;

 private:
  friend class Pin;
  using Bucket = std::atomic<Entry*>;
  using Lock = ShortLock;

  std::uint64_t url_tag(const Url& url) const;
  Bucket& bucket_of(std::uint64_t hash) const { return buckets_[hash & (buckets_.size() - 1)]; }
  Pin pin(Entry& entry);
  std::vector<Pin> pinned(const Url& url, std::size_t reader);
  bool is_banned(Entry& entry);
  std::uint64_t memory_bytes() const;

  // Under the lock.
  template <class Take>
  auto allocate(const Take& take, int victims_max);
  char* allocate(std::size_t bytes, int victims_max);
  Piece* make_piece(std::size_t bytes);
  Piece* make_between(std::size_t most, std::size_t least);
  bool evict_one();
  bool collect();
  Bucket& place_of(const Entry& draft) const;
  void link(Entry& entry);
  void unlink(Entry& entry);
  void hide(Entry& entry);
  void await_readers(Readers::Epoch epoch) const;
  void replace(Entry& entry);
  void destroy(Entry& entry);
  void give_content(Entry& entry);
  void give_chain(Piece* first);
  void give_piece(Piece& piece);
  void keep_lent(Piece* first);
  bool renew_one();
  bool place(Entry& draft);
  bool is_overtaken(const Entry& draft) const;
  bool purge(Entry& entry, Purge how);
  void purge_drafts(Purge how, const std::function<bool(const Entry&)>& matches);
  std::size_t carry_out_in_bucket(std::size_t number);
  /// What a step by the way costs, of some sixty entries.
  static constexpr std::size_t cost_by_the_way = 60 * 128;
  void take_step(std::size_t cost_max);
  void hold_against(const Ban& ban);

  /// Its last pin is gone, on whatever thread.
  void released(Entry& entry);

  const StoreLimits limits_;
  ReservedArray<Bucket> buckets_;
  mutable std::mutex mutex_;
  TagIndex tags_;
  std::unique_ptr<Evictor> evictor_;
  Readers readers_;
  BanList bans_;
  PurgeLog purge_log_;
  const std::uint64_t fixed_bytes_;  // of all that is there from the beginning on
  Region region_;
  std::size_t sweep_bucket_ = 0;  // the next of the sweep through all of them; 0: none runs
  IntrusiveList<Item> drafts_;
  // Out of the index, the oldest first; somebody may still be looking at them.
  Entry *retired_ = nullptr, *last_retired_ = nullptr;
  std::atomic<Entry*> released_{nullptr};
  // What is free but for the kernel, which may still look at it: to be renewed before it is used.
  Piece* lent_ = nullptr;
  std::uint64_t lent_bytes_ = 0;
  std::uint64_t count_ = 0, stored_ = 0, evicted_ = 0, places_given_up_ = 0;
  std::atomic<std::uint64_t> purged_{0};
};

inline Pin::~Pin() {
  if (entry_ != nullptr && entry_->pins.fetch_sub(1, std::memory_order_acq_rel) == 1)
    store_->released(*entry_);
}

}  // namespace minato::cache
