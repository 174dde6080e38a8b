#include "cache/store/store.h"

#include <algorithm>
#include <bit>

#include "cache/policy/vary.h"

namespace minato::cache {
namespace {

/// What the smallest entry takes with its content.
constexpr std::uint64_t bytes_of_small_entry =
    Region::rounded(sizeof(Entry) + 1) + Region::rounded(sizeof(Content));
/// Stored responses of one key; the oldest goes.
constexpr int variants_max = 64;

/// There are never more.
std::size_t entries_max(const StoreLimits& limits) {
  const auto bytes = std::max<std::uint64_t>(limits.memory_bytes, Region::piece_bytes_max);
  return std::min(limits.entries, bytes / bytes_of_small_entry);
}

/// So many are enough that chains stay short.
std::size_t buckets_for(const StoreLimits& limits) {
  return std::bit_ceil(std::max<std::size_t>(entries_max(limits), 1));
}

/// The region and its book-keeping, which is a byte for each grain of it, beside `other` things.
std::size_t region_bytes(const StoreLimits& limits, std::uint64_t other) {
  const std::uint64_t rest = limits.memory_bytes > other ? limits.memory_bytes - other : 0;
  return rest / (Region::grain_bytes + 1) * Region::grain_bytes;
}

/// Asked for as it was before, or inside of what is there, or of what there is not in the whole.
bool has_wanted_part(const Entry& entry, const http::Fields& request) {
  const auto range = request.value(http::FieldId::range);
  if (range.empty() || !if_range_holds(request, entry.lines)) return false;
  return range == entry.range || selection_of(range, *entry.part).has_value();
}

/// What is for all requests stands for what is for some, and the other way round: the origin has
/// changed its mind of what it varies on. A part stands for what it has all the bytes of, in
/// whatever words that was asked for, and for what was asked for in the same ones.
bool is_replaced(const Entry& entry, const Entry& draft) {
  const bool same = entry.vary == draft.vary && entry.variant == draft.variant;
  const bool alike = same || entry.vary.empty() || draft.vary.empty();
  if (!draft.part || !alike) return alike;
  if (!entry.part) return false;
  return is_within(entry.part->range, draft.part->range) ||
         (!draft.range.empty() && entry.range == draft.range);
}

/// By its Date, where it was asked for later, too: the clock of another origin may be late.
bool is_newer(const FreshnessFacts& one, const FreshnessFacts& other) {
  return date_of(one) > date_of(other) && one.request_sent > other.request_sent;
}

}  // namespace

Store::Store(const StoreLimits& limits)
    : limits_(limits),
      buckets_(buckets_for(limits)),
      tags_(buckets_for(limits)),
      evictor_(limits.evictor->make(entries_max(limits))),
      readers_(limits.readers),
      bans_(limits.purges_bytes() / 2, limits.seed),
      purge_log_(limits.seed, limits.purges_bytes() / 2),
      fixed_bytes_(buckets_.bytes() + tags_.bytes() + evictor_->memory_bytes() +
                   readers_.memory_bytes() + bans_.memory_bytes() + purge_log_.memory_bytes() +
                   limits.memory_bytes_elsewhere),
      region_(region_bytes(limits, fixed_bytes_)) {}

/// The policy has lists through entries, which lie in the region.
Store::~Store() { evictor_.reset(); }

Pin Store::pin(Entry& entry) {
  entry.pins.fetch_add(1, std::memory_order_relaxed);
  return Pin(*this, entry);
}

Store::Found Store::find(const Key& key, const http::Fields& request, std::size_t reader) {
  const Readers::Look look(readers_, reader);
  Found found;
  Entry *part = nullptr, *newest_part = nullptr;
  std::string_view vary;  // of which `variant` is
  std::string_view variant;
  for (Entry* entry = bucket_of(key.hash).load(std::memory_order_seq_cst); entry != nullptr;
       entry = entry->next.load(std::memory_order_seq_cst)) {
    if (entry->hash != key.hash || entry->key != key.text || is_banned(*entry)) continue;
    found.knows_key = true;
    if (entry->vary != vary) vary = entry->vary, variant = variant_key(vary, request);
    if (!entry->vary.empty() && entry->variant != variant) continue;
    if (entry->part) {
      if (newest_part == nullptr) newest_part = entry;
      if (part == nullptr && has_wanted_part(*entry, request)) part = entry;
      continue;
    }
    found.entry = pin(*entry);
    return found;
  }
  if (part != nullptr)
    found.entry = pin(*part);
  else if (newest_part != nullptr)
    found.part = pin(*newest_part);
  return found;
}

std::vector<Pin> Store::parts_like(Entry& part, std::size_t reader) {
  std::vector<Pin> parts;
  if (!part.part || !part.part->complete || !part.facts.has_strong_etag) return parts;
  const Readers::Look look(readers_, reader);
  for (Entry* entry = bucket_of(part.hash).load(std::memory_order_seq_cst); entry != nullptr;
       entry = entry->next.load(std::memory_order_seq_cst)) {
    const bool same = entry->hash == part.hash && entry->key == part.key &&
                      entry->vary == part.vary && entry->variant == part.variant;
    if (!same || !entry->part || is_banned(*entry)) continue;
    if (entry->etag() == part.etag() && entry->part->complete == part.part->complete)
      parts.push_back(pin(*entry));
  }
  return parts;
}

std::string Store::vary_of(const Key& key, std::size_t reader) {
  const Readers::Look look(readers_, reader);
  for (Entry* entry = bucket_of(key.hash).load(std::memory_order_seq_cst); entry != nullptr;
       entry = entry->next.load(std::memory_order_seq_cst))
    if (entry->hash == key.hash && entry->key == key.text) return std::string(entry->vary);
  return {};
}

void Store::visit(const Url& url, std::size_t reader,
                  const std::function<void(const Entry&)>& visit) {
  for (const Pin& entry : pinned(url, reader)) visit(*entry);
}

/// The look ends before anything is waited for: who evicts waits for it, with the lock.
std::vector<Pin> Store::pinned(const Url& url, std::size_t reader) {
  std::vector<Pin> found;
  const auto take = [&](Entry& entry) {
    const bool fits = is_of(entry.key, url) && !is_banned(entry) && found.size() < visited_max;
    if (fits) found.push_back(pin(entry));
  };
  {
    const Readers::Look look(readers_, reader);
    const std::uint64_t hash = hash_of(url, seed());
    for (Entry* entry = bucket_of(hash).load(std::memory_order_seq_cst); entry != nullptr;
         entry = entry->next.load(std::memory_order_seq_cst))
      if (entry->hash == hash) take(*entry);
  }
  const Lock lock(mutex_);
  tags_.for_each(url_tag(url), take, found_of_step);
  return found;
}

std::uint64_t Store::url_tag(const Url& url) const { return cache::url_tag(url, seed()); }

/// What is banned for good is passed over like what is not there, and goes when its time comes.
bool Store::is_banned(Entry& entry) {
  if (entry.bans_checked.load(std::memory_order_acquire) == bans_.newest()) return false;
  const auto verdict = bans_.judge(entry);
  if (verdict == BanList::Verdict::stale) purged_.fetch_add(1, std::memory_order_relaxed);
  return verdict == BanList::Verdict::gone;
}

bool Store::insert(Entry& draft, Piece* first, std::uint64_t size) {
  const Lock lock(mutex_);
  draft.content->first = first, draft.content->size = size;
  // What came counts, whatever was said of it.
  if (draft.part && (size == 0 || size > draft.part->range.size())) return false;
  // Nobody else reads it yet: of a part that others follow they read that only where it completes
  // what is there, and such a one is given up where it is not as long as it says.
  if (draft.part && size != draft.part->range.size())
    draft.part->range.last = draft.part->range.first + size - 1;
  for (Piece* piece = first; piece != nullptr; piece = piece->next, ++draft.content->pieces)
    draft.bytes += sizeof(Piece) + piece->capacity;
  return place(draft);
}

bool Store::insert_in_place_of(Entry& stored, Entry& draft, std::uint64_t purges_before) {
  const Lock lock(mutex_);
  give_content(draft);
  draft.content = stored.content;
  ++draft.content->entries;
  draft.bytes += stored.bytes - Region::rounded(stored.block_bytes);
  draft.hits.store(stored.hits.load(std::memory_order_relaxed), std::memory_order_relaxed);
  draft.used.store(stored.used.load(std::memory_order_relaxed), std::memory_order_relaxed);
  // What was purged while it was asked about is as gone as if nobody had asked.
  const bool gone = !stored.listed || is_banned(stored);
  // It may have had tags that the draft does not have.
  const auto verdict = purge_log_.judge(stored.key, stored.tags, purges_before);
  if (verdict == BanList::Verdict::stale)
    draft.marked_stale.store(true, std::memory_order_relaxed);
  else if (verdict == BanList::Verdict::gone)
    draft.spoiled.store(true, std::memory_order_relaxed);
  if (stored.listed) unlink(stored);
  return !gone && place(draft);
}

/// Another goes before it comes: nobody has used it yet, so that it would be the one to go itself.
bool Store::place(Entry& draft) {
  const bool spoiled = !draft.linked();
  draft.unlink();
  if (spoiled || is_overtaken(draft)) return false;
  replace(draft);
  while (count_ >= limits_.entries && evict_one()) {
  }
  link(draft);
  return true;
}

/// What came for the same requests, or some of them, while it was on its way is to serve (RFC 9111
/// 4).
bool Store::is_overtaken(const Entry& draft) const {
  for (const Entry* entry = bucket_of(draft.hash).load(std::memory_order_relaxed); entry != nullptr;
       entry = entry->next.load(std::memory_order_relaxed)) {
    const bool meets = entry->hash == draft.hash && entry->key == draft.key;
    if (meets && (is_replaced(*entry, draft) || is_replaced(draft, *entry)) &&
        is_newer(entry->facts.freshness, draft.facts.freshness))
      return true;
  }
  return false;
}

/// Takes out what the same requests would select, so that it does not come to light again when the
/// draft goes; and the oldest where there are too many.
void Store::replace(Entry& draft) {
  int variants = 0;
  Entry* oldest = nullptr;
  for (Entry* entry = bucket_of(draft.hash).load(std::memory_order_relaxed); entry != nullptr;) {
    Entry* const next = entry->next.load(std::memory_order_relaxed);
    if (entry->hash == draft.hash && entry->key == draft.key) {
      if (is_replaced(*entry, draft)) {
        draft.succeed(*entry);
        unlink(*entry);
      } else {
        oldest = entry, ++variants;
      }
    }
    entry = next;
  }
  if (variants >= variants_max) unlink(*oldest);
}

/// Behind those of its key that are newer by their Date: the first that a request selects is to
/// serve (RFC 9111 4). Of the same Date, what came last is the newest.
Store::Bucket& Store::place_of(const Entry& draft) const {
  Bucket* place = &bucket_of(draft.hash);
  for (Entry* entry = place->load(std::memory_order_relaxed); entry != nullptr;
       entry = entry->next.load(std::memory_order_relaxed)) {
    const bool newer = date_of(entry->facts.freshness) > date_of(draft.facts.freshness);
    if (newer && entry->hash == draft.hash && entry->key == draft.key) place = &entry->next;
  }
  return *place;
}

void Store::link(Entry& entry) {
  Bucket& before = place_of(entry);
  entry.pins.fetch_add(1, std::memory_order_relaxed);
  entry.next.store(before.load(std::memory_order_relaxed), std::memory_order_relaxed);
  before.store(&entry, std::memory_order_seq_cst);
  entry.listed = true;
  evictor_->add(entry);
  tags_.add(entry);
  ++count_, ++stored_;
}

void Store::unlink(Entry& entry) {
  evictor_->remove(entry);
  hide(entry);
}

/// Out of sight at once; destroyed when nobody can be looking at it.
void Store::hide(Entry& entry) {
  std::atomic<Entry*>* at = &bucket_of(entry.hash);
  while (at->load(std::memory_order_relaxed) != &entry) at = &at->load()->next;
  at->store(entry.next.load(std::memory_order_relaxed), std::memory_order_seq_cst);
  entry.listed = false;
  tags_.remove(entry);
  --count_;
  entry.retired = readers_.retire();
  entry.gone_next = nullptr;
  (retired_ == nullptr ? retired_ : last_retired_->gone_next) = &entry;
  last_retired_ = &entry;
}

StoreStats Store::stats() const {
  const Lock lock(mutex_);
  return {.entries = count_,
          .entries_max = limits_.entries,
          .memory_bytes = memory_bytes(),
          .memory_bytes_max = limits_.memory_bytes,
          .stored = stored_,
          .evicted = evicted_,
          .purged = purged_.load(std::memory_order_relaxed)};
}

}  // namespace minato::cache
