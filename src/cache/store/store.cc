#include "cache/store/store.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <thread>

#include "base/assert.h"
#include "base/hash.h"
#include "cache/policy/vary.h"

namespace minato::cache {
namespace {

/// What a small entry takes: so many buckets are enough that chains stay short.
constexpr std::uint64_t bytes_of_small_entry = 512;
/// Pieces of a body that the memory has no larger hole for are not smaller than these.
constexpr std::size_t good_piece_bytes = 4096, least_piece_bytes = 512;
/// How many entries may go for one piece of memory.
constexpr int victims_for_good = 16, victims_for_any = 256;
/// Stored responses of one key; the oldest goes.
constexpr int variants_max = 64;

std::size_t buckets_for(const StoreLimits& limits) {
  const std::uint64_t most = std::max<std::uint64_t>(limits.memory_bytes / bytes_of_small_entry, 1);
  return std::bit_ceil(std::min(limits.entries, most));
}

/// The region and its book-keeping, which is a byte for each grain of it, within what is left.
std::size_t region_bytes(const StoreLimits& limits) {
  const std::uint64_t index = buckets_for(limits) * 2 * sizeof(void*);
  const std::uint64_t rest = limits.memory_bytes > index ? limits.memory_bytes - index : 0;
  return rest / (Region::grain_bytes + 1) * Region::grain_bytes;
}

constexpr std::string_view separator = ": ", line_end = "\r\n";

std::size_t text_bytes(const EntryParts& parts) {
  std::size_t bytes =
      parts.key.text.size() + parts.vary.size() + parts.variant.size() + parts.range.size();
  parts.lines.for_each([&](const http::Field& line) {
    bytes += line.name.size() + separator.size() + line.value.size() + line_end.size();
  });
  return bytes;
}

std::size_t draft_bytes(const EntryParts& parts) {
  return sizeof(Entry) + parts.tags.size() * sizeof(TagNode) +
         parts.lines.count() * sizeof(http::Field) + text_bytes(parts);
}

/// Copies one thing behind the other.
class Filler {
 public:
  explicit Filler(char* at) : at_(at) {}
  template <class T>
  std::span<T> array(std::size_t count) {
    T* const first = reinterpret_cast<T*>(std::exchange(at_, at_ + count * sizeof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }
  const char* at() const { return at_; }
  std::string_view text(std::string_view from) {
    if (!from.empty()) std::memcpy(at_, from.data(), from.size());
    return {std::exchange(at_, at_ + from.size()), from.size()};
  }

 private:
  char* at_;
};

void fill_draft(Entry& entry, const EntryParts& parts, std::uint64_t seed) {
  Filler filler(reinterpret_cast<char*>(&entry + 1));
  entry.tags = filler.array<TagNode>(parts.tags.size());
  const auto lines = filler.array<http::Field>(parts.lines.count());
  entry.key = filler.text(parts.key.text);
  entry.vary = filler.text(parts.vary);
  entry.variant = filler.text(parts.variant);
  std::size_t count = 0;
  const char* const begin = filler.at();
  parts.lines.for_each([&](const http::Field& line) {
    const auto name = filler.text(line.name);
    filler.text(separator);
    const auto value = filler.text(line.value);
    filler.text(line_end);
    lines[count++] = {name, value, line.id};
  });
  entry.lines = lines.first(count);
  entry.text = {begin, filler.at()};
  for (std::size_t i = 0; i < parts.tags.size(); ++i)
    entry.tags[i] = {.hash = hash_bytes(parts.tags[i], seed), .entry = &entry};
  entry.facts = parts.facts;
  entry.part = parts.part;
  entry.range = filler.text(parts.range);
}

std::string_view etag_of(const Entry& entry) {
  for (const http::Field& line : entry.lines)
    if (line.id == http::FieldId::etag) return line.value;
  return {};
}

/// Asked for as it was before, or inside of what is there.
bool has_wanted_part(const Entry& entry, const http::Fields& request) {
  const auto range = request.value(http::FieldId::range);
  const auto if_range = request.value(http::FieldId::if_range);
  if (range.empty() || (!if_range.empty() && if_range != etag_of(entry))) return false;
  return range == entry.range || range_within(range, *entry.part).has_value();
}

}  // namespace

Store::Store(const StoreLimits& limits)
    : limits_(limits),
      buckets_(buckets_for(limits)),
      region_(region_bytes(limits)),
      tags_(buckets_for(limits)),
      evictor_(limits.evictor->make()),
      readers_(limits.readers) {}

Pin Store::pin(Entry& entry) {
  entry.pins.fetch_add(1, std::memory_order_relaxed);
  return Pin(*this, entry);
}

Store::Found Store::find(const Key& key, const http::Fields& request, std::size_t reader) {
  const Readers::Look look(readers_, reader);
  Found found;
  Entry* part = nullptr;
  std::string_view vary;  // of which `variant` is
  std::string variant;
  for (Entry* entry = bucket_of(key.hash).load(std::memory_order_seq_cst); entry != nullptr;
       entry = entry->next.load(std::memory_order_seq_cst)) {
    if (entry->hash != key.hash || entry->key != key.text || is_banned(*entry)) continue;
    found.knows_key = true;
    if (entry->vary != vary) vary = entry->vary, variant = variant_key(vary, request);
    if (!entry->vary.empty() && entry->variant != variant) continue;
    if (entry->part) {
      found.knows_parts = true;
      if (part == nullptr && has_wanted_part(*entry, request)) part = entry;
      continue;
    }
    found.entry = pin(*entry);
    return found;
  }
  if (part != nullptr) found.entry = pin(*part);
  return found;
}

std::vector<Pin> Store::parts_like(Entry& part, std::size_t reader) {
  const Readers::Look look(readers_, reader);
  std::vector<Pin> parts;
  for (Entry* entry = bucket_of(part.hash).load(std::memory_order_seq_cst); entry != nullptr;
       entry = entry->next.load(std::memory_order_seq_cst)) {
    const bool same = entry->hash == part.hash && entry->key == part.key &&
                      entry->vary == part.vary && entry->variant == part.variant;
    if (!same || entry == &part || !entry->part || is_banned(*entry)) continue;
    if (entry->facts.has_strong_etag && etag_of(*entry) == etag_of(part) &&
        entry->part->complete == part.part->complete)
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
  const Readers::Look look(readers_, reader);
  const std::uint64_t hash = hash_of(url, seed());
  for (Entry* entry = bucket_of(hash).load(std::memory_order_seq_cst); entry != nullptr;
       entry = entry->next.load(std::memory_order_seq_cst))
    if (entry->hash == hash && is_of(entry->key, url) && !is_banned(*entry)) visit(*entry);
}

/// What is banned for good is passed over like what is not there, and goes when its time comes.
bool Store::is_banned(Entry& entry) {
  if (entry.bans_checked.load(std::memory_order_relaxed) == bans_.newest()) return false;
  const auto verdict = bans_.judge(entry);
  if (verdict == BanList::Verdict::stale) entry.marked_stale.store(true, std::memory_order_relaxed);
  return verdict == BanList::Verdict::gone;
}

// Memory.

char* Store::allocate(std::size_t bytes, int victims_max) {
  for (;;) {
    if (char* const memory = region_.take(bytes)) return memory;
    if (collect()) continue;
    if (victims_max-- == 0 || !evict_one()) return nullptr;
  }
}

bool Store::evict_one() {
  Item* const victim = evictor_->victim();
  if (victim == nullptr) return false;
  auto& entry = static_cast<Entry&>(*victim);
  hide(entry);
  ++evicted_;
  await_readers(entry.retired);
  collect();
  return true;
}

/// Nobody looks for long.
void Store::await_readers(Readers::Epoch epoch) const {
  while (!readers_.passed(epoch)) std::this_thread::yield();
}

/// Destroys what nobody holds and nobody can be looking at. False where there was nothing.
bool Store::collect() {
  bool any = false;
  const auto drop = [&](Entry* entry) {
    destroy(*entry);
    any = true;
  };
  std::erase_if(retired_, [&](Entry* entry) {
    if (!readers_.passed(entry->retired)) return false;
    if (entry->pins.fetch_sub(1, std::memory_order_acq_rel) == 1) drop(entry);
    return true;
  });
  for (Entry* entry = released_.exchange(nullptr, std::memory_order_acquire); entry != nullptr;)
    drop(std::exchange(entry, entry->released_next));
  return any;
}

void Store::released(Entry& entry) {
  entry.released_next = released_.load(std::memory_order_relaxed);
  while (!released_.compare_exchange_weak(entry.released_next, &entry, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
}

void Store::destroy(Entry& entry) {
  give_content(entry);
  const std::size_t bytes = entry.block_bytes;
  entry.~Entry();
  region_.give(reinterpret_cast<char*>(&entry), bytes);
}

void Store::give_content(Entry& entry) {
  if (entry.content == nullptr || --entry.content->entries > 0) return;
  give_chain(entry.content->first);
  region_.give(reinterpret_cast<char*>(entry.content), sizeof(Content));
}

void Store::give_chain(Piece* first) {
  while (first != nullptr) {
    Piece* const piece = std::exchange(first, first->next);
    region_.give(reinterpret_cast<char*>(piece), sizeof(Piece) + piece->capacity);
  }
}

std::uint64_t Store::memory_bytes() const {
  return region_.used_bytes() + region_.overhead_bytes() + buckets_.bytes() + tags_.bytes() +
         evictor_->memory_bytes() + bans_.memory_bytes() + retired_.capacity() * sizeof(Entry*);
}

Piece* Store::take_piece(std::size_t bytes) {
  const Lock lock(mutex_);
  collect();
  bytes = std::min(std::max(bytes + sizeof(Piece), least_piece_bytes), Region::piece_bytes_max);
  char* memory = region_.take(bytes);
  while (memory == nullptr && bytes > good_piece_bytes) memory = region_.take(bytes /= 2);
  if (memory == nullptr) memory = allocate(bytes, victims_for_good);
  if (memory == nullptr && bytes > least_piece_bytes)
    memory = allocate(bytes = least_piece_bytes, victims_for_any);
  if (memory == nullptr) return nullptr;
  auto* const piece = new (memory) Piece;
  piece->capacity = static_cast<std::uint32_t>(Region::rounded(bytes) - sizeof(Piece));
  return piece;
}

void Store::trim(Piece& piece) {
  const std::size_t kept = Region::rounded(sizeof(Piece) + piece.size);
  const std::size_t held = sizeof(Piece) + piece.capacity;
  if (kept == held) return;
  const Lock lock(mutex_);
  region_.give(reinterpret_cast<char*>(&piece) + kept, held - kept);
  piece.capacity = static_cast<std::uint32_t>(kept - sizeof(Piece));
}

void Store::give_pieces(Piece* first) {
  const Lock lock(mutex_);
  give_chain(first);
}

// What is in it.

Pin Store::draft(const EntryParts& parts) {
  const std::size_t bytes = draft_bytes(parts);
  if (bytes > Region::piece_bytes_max) return {};
  const Lock lock(mutex_);
  collect();
  char* const memory = allocate(bytes, victims_for_any);
  if (memory == nullptr) return {};
  char* const content = allocate(sizeof(Content), victims_for_any);
  if (content == nullptr) {
    region_.give(memory, bytes);
    return {};
  }
  auto* const entry = new (memory) Entry(parts.key.hash, Region::rounded(bytes));
  fill_draft(*entry, parts, seed());
  entry->block_bytes = static_cast<std::uint32_t>(bytes);
  entry->content = new (content) Content;
  entry->bans_checked.store(bans_.newest(), std::memory_order_relaxed);
  drafts_.push_back(*entry);
  return Pin(*this, *entry);
}

bool Store::insert(Entry& draft, Piece* first, std::uint64_t size) {
  const Lock lock(mutex_);
  draft.content->first = first, draft.content->size = size;
  // What came counts, whatever was said of it.
  if (draft.part && (size == 0 || size > draft.part->range.size())) return false;
  if (draft.part) draft.part->range.last = draft.part->range.first + size - 1;
  for (Piece* piece = first; piece != nullptr; piece = piece->next)
    draft.bytes += sizeof(Piece) + piece->capacity;
  return place(draft);
}

bool Store::insert_in_place_of(Entry& stored, Entry& draft) {
  const Lock lock(mutex_);
  give_content(draft);
  draft.content = stored.content;
  ++draft.content->entries;
  draft.bytes += stored.bytes - stored.block_bytes;
  draft.hits.store(stored.hits.load(std::memory_order_relaxed), std::memory_order_relaxed);
  draft.used.store(stored.used.load(std::memory_order_relaxed), std::memory_order_relaxed);
  // What was purged while it was asked about is as gone as if nobody had asked.
  const bool gone = !stored.listed;
  if (!gone) unlink(stored);
  return !gone && place(draft);
}

bool Store::place(Entry& draft) {
  const bool spoiled = !draft.linked();
  draft.unlink();
  if (spoiled) return false;
  replace(draft);
  link(draft);
  enforce_limits();
  return true;
}

/// Takes out what the same requests would select, and the oldest where there are too many.
void Store::replace(Entry& draft) {
  int variants = 0;
  Entry* oldest = nullptr;
  for (Entry* entry = bucket_of(draft.hash).load(std::memory_order_relaxed); entry != nullptr;) {
    Entry* const next = entry->next.load(std::memory_order_relaxed);
    if (entry->hash == draft.hash && entry->key == draft.key) {
      const bool same = entry->vary == draft.vary && entry->variant == draft.variant &&
                        (entry->range == draft.range || !draft.part);
      if (same)
        unlink(*entry);
      else
        oldest = entry, ++variants;
    }
    entry = next;
  }
  if (variants >= variants_max) unlink(*oldest);
}

void Store::link(Entry& entry) {
  Bucket& bucket = bucket_of(entry.hash);
  entry.pins.fetch_add(1, std::memory_order_relaxed);
  entry.next.store(bucket.load(std::memory_order_relaxed), std::memory_order_relaxed);
  bucket.store(&entry, std::memory_order_seq_cst);
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
  retired_.push_back(&entry);
}

void Store::enforce_limits() {
  while (count_ > limits_.entries && evict_one()) {
  }
  // What is still being read makes no room when it goes, so that this has its limit.
  for (int i = 0; i < victims_for_good && memory_bytes() > limits_.memory_bytes; ++i)
    if (!evict_one()) break;
}

// What goes before its time.

void Store::remove(Entry& entry) {
  const Lock lock(mutex_);
  purge(entry, Purge::remove);
}

void Store::purge(Entry& entry, Purge how) {
  if (!entry.listed) return;
  ++purged_;
  if (how == Purge::mark_stale)
    entry.marked_stale.store(true, std::memory_order_relaxed);
  else
    unlink(entry);
}

/// What is on its way into the store is not to come in any more.
void Store::spoil_drafts(const std::function<bool(const Entry&)>& matches) {
  drafts_.for_each([&](Item& item) {
    auto& draft = static_cast<Entry&>(item);
    if (!matches(draft)) return;
    draft.unlink();
    draft.spoiled.store(true, std::memory_order_relaxed);
  });
}

std::uint64_t Store::purge_url(const Url& url, Purge how) {
  const Lock lock(mutex_);
  const std::uint64_t hash = hash_of(url, seed()), before = purged_;
  const auto matches = [&](const Entry& entry) {
    return entry.hash == hash && is_of(entry.key, url);
  };
  for (Entry* entry = bucket_of(hash).load(std::memory_order_relaxed); entry != nullptr;) {
    Entry* const next = entry->next.load(std::memory_order_relaxed);
    if (matches(*entry)) purge(*entry, how);
    entry = next;
  }
  spoil_drafts(matches);
  return purged_ - before;
}

std::uint64_t Store::purge_tag(std::string_view tag, Purge how) {
  const Lock lock(mutex_);
  const std::uint64_t hash = hash_bytes(tag, seed()), before = purged_;
  tags_.for_each(hash, [&](Entry& entry) { purge(entry, how); });
  spoil_drafts([&](const Entry& entry) {
    return std::ranges::any_of(entry.tags, [&](const TagNode& node) { return node.hash == hash; });
  });
  return purged_ - before;
}

void Store::ban(Ban ban) {
  const Lock lock(mutex_);
  if (bans_.is_full()) settle_bans();
  const auto before = bans_.add(std::move(ban));
  await_readers(readers_.retire());
}

/// Carries out what is pending, so that the list can begin anew. Once in so many bans.
void Store::settle_bans() {
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    for (Entry* entry = buckets_[i].load(std::memory_order_relaxed); entry != nullptr;) {
      Entry* const next = entry->next.load(std::memory_order_relaxed);
      if (is_banned(*entry)) purge(*entry, Purge::remove);
      entry = next;
    }
  }
  const auto before = bans_.clear();
  await_readers(readers_.retire());
}

std::uint64_t Store::purge_all(Purge how) {
  const Lock lock(mutex_);
  const std::uint64_t before = purged_;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    for (Entry* entry = buckets_[i].load(std::memory_order_relaxed); entry != nullptr;) {
      Entry* const next = entry->next.load(std::memory_order_relaxed);
      purge(*entry, how);
      entry = next;
    }
  }
  spoil_drafts([](const Entry&) { return true; });
  collect();
  return purged_ - before;
}

StoreStats Store::stats() const {
  const Lock lock(mutex_);
  return {.entries = count_,
          .entries_max = limits_.entries,
          .memory_bytes = memory_bytes(),
          .memory_bytes_max = limits_.memory_bytes,
          .stored = stored_,
          .evicted = evicted_,
          .purged = purged_};
}

}  // namespace minato::cache
