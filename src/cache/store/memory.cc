// The memory of the store: who gets some, and who has to go for it.
#include <algorithm>
#include <thread>

#include "cache/store/store.h"

namespace minato::cache {
namespace {

/// Pieces of a body are smaller than these only where entries that go for them give no larger hole.
constexpr std::size_t good_piece_bytes = 4096, least_piece_bytes = 512;
/// A piece of so many pages has them to itself.
constexpr std::size_t paged_piece_pages = 16;
static_assert(sizeof(Piece) % Region::grain_bytes != 0, "or its own pages may begin behind it");
/// How many of those that were lent are renewed before another entry goes, and by whoever needs
/// memory at all, so that few wait for that.
constexpr int renewals_at_once = 16, renewals_by_the_way = 2;
/// How many largest pieces go back to the system in one step.
constexpr int given_up_at_once = 8;
/// How many places of a table do.
constexpr std::size_t places_at_once = (1u << 20) / sizeof(void*);
/// How many entries may go for one piece of memory.
constexpr int victims_for_good = 16, victims_for_any = 256;

}  // namespace

/// What is left where an entry is alone, and its pieces as large as can be: some of them have to
/// make do with what the entry leaves of a largest one.
std::uint64_t Store::content_bytes_max() const {
  constexpr std::uint64_t smaller_ones = 8;
  const std::uint64_t pieces = region_.size_bytes() / Region::piece_bytes_max + smaller_ones;
  return region_.size_bytes() - pieces * Region::rounded(sizeof(Piece)) -
         Region::rounded(sizeof(Entry)) - Region::rounded(sizeof(Content)) - 2 * least_piece_bytes;
}

/// `take` gives some, or nullptr.
template <class Take>
auto Store::allocate(const Take& take, int victims_max) {
  for (int renewals = renewals_at_once;;) {
    if (auto* const memory = take()) return memory;
    if (collect() || (renewals-- > 0 && renew_one())) continue;
    if (victims_max-- == 0 || !evict_one()) return decltype(take()){nullptr};
    renewals = renewals_at_once;
  }
}
char* Store::allocate(std::size_t bytes, int victims_max) {
  return allocate([&] { return region_.take(bytes); }, victims_max);
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
  while (retired_ != nullptr && readers_.passed(retired_->retired)) {
    Entry* const entry = std::exchange(retired_, retired_->gone_next);
    if (entry->pins.fetch_sub(1, std::memory_order_acq_rel) == 1) drop(entry);
  }
  for (Entry* entry = released_.exchange(nullptr, std::memory_order_acquire); entry != nullptr;)
    drop(std::exchange(entry, entry->gone_next));
  return any;
}

void Store::released(Entry& entry) {
  entry.gone_next = released_.load(std::memory_order_relaxed);
  while (!released_.compare_exchange_weak(entry.gone_next, &entry, std::memory_order_release,
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
  if (entry.content->lent.load(std::memory_order_relaxed))
    keep_lent(entry.content->first);
  else
    give_chain(entry.content->first);
  region_.give(reinterpret_cast<char*>(entry.content), sizeof(Content));
}

void Store::give_chain(Piece* first) {
  while (first != nullptr) give_piece(*std::exchange(first, first->next));
}

void Store::give_piece(Piece& piece) {
  if (piece.has_pages()) region_.give(piece.bytes, std::exchange(piece.capacity, 0));
  region_.give(reinterpret_cast<char*>(&piece), sizeof(Piece) + piece.capacity);
}

/// To renew all of it at once would keep others from the lock for long.
void Store::keep_lent(Piece* first) {
  while (first != nullptr) {
    Piece& piece = *std::exchange(first, first->next);
    if (!piece.has_pages()) {
      give_piece(piece);
      continue;
    }
    piece.next = std::exchange(lent_, &piece);
    lent_bytes_ += piece.capacity;
  }
}

/// False where there is none.
bool Store::renew_one() {
  if (lent_ == nullptr) return false;
  Piece& piece = *std::exchange(lent_, lent_->next);
  lent_bytes_ -= piece.capacity;
  region_.renew(piece.bytes, piece.capacity);
  give_piece(piece);
  return true;
}

bool Store::give_up_some() {
  const Lock lock(mutex_);
  collect();
  bool any = renew_one();
  for (int i = 0; i < given_up_at_once && region_.give_up_some(); ++i) any = true;
  // Where nothing is stored the tables are zeroes, as where they were never written.
  if (count_ == 0 && places_given_up_ < buckets_.size()) {
    const std::size_t count = std::min(places_at_once, buckets_.size() - places_given_up_);
    buckets_.renew(&buckets_[places_given_up_], count);
    tags_.give_up(places_given_up_, count);
    places_given_up_ += count;
    any = true;
  }
  return any;
}

std::uint64_t Store::memory_bytes() const {
  return fixed_bytes_ + region_.used_bytes() - lent_bytes_ + region_.overhead_bytes();
}

Piece* Store::take_piece(std::size_t bytes, std::size_t pieces) {
  const Lock lock(mutex_);
  collect();
  for (int i = 0; i < renewals_by_the_way; ++i) renew_one();
  const auto bounded = [](std::size_t size) {
    return std::clamp(size, least_piece_bytes, Region::piece_bytes_max);
  };
  const std::size_t most = bounded(bytes), good = std::min(most, good_piece_bytes);
  const std::size_t share = std::max(good, bounded((bytes + pieces - 1) / pieces));
  const auto some = [&](std::size_t size, int victims_max) {
    return allocate([&] { return make_piece(size); }, victims_max);
  };
  Piece* piece = make_between(most, share);
  if (piece == nullptr) piece = some(share, victims_for_good);
  if (piece == nullptr) piece = make_between(share, good);
  if (piece == nullptr) piece = some(good, victims_for_good);
  if (piece == nullptr) piece = some(least_piece_bytes, victims_for_any);
  return piece;
}

/// What there is a hole for from `most` on, by halves, but `least`.
Piece* Store::make_between(std::size_t most, std::size_t least) {
  for (std::size_t bytes = most;; bytes = std::max(bytes / 2, least))
    if (Piece* const piece = make_piece(bytes); piece != nullptr || bytes == least) return piece;
}

/// For `bytes` of a body, on pages of their own where they are many: those can be sent without a
/// copy. nullptr where there is no hole for it.
Piece* Store::make_piece(std::size_t bytes) {
  const bool has_pages = bytes >= paged_piece_pages * region_.page_bytes();
  const std::size_t size = sizeof(Piece) + (has_pages ? 0 : bytes);
  char* const memory = region_.take(size);
  if (memory == nullptr) return nullptr;
  auto* const piece = new (memory) Piece;
  piece->capacity = static_cast<std::uint32_t>(Region::rounded(size) - sizeof(Piece));
  if (!has_pages) return piece;
  if (char* const pages = region_.take_pages(bytes)) {
    piece->bytes = pages;
    piece->capacity = static_cast<std::uint32_t>(region_.paged(bytes));
    return piece;
  }
  region_.give(memory, size);
  return nullptr;
}

void Store::trim(Piece& piece) {
  const bool has_pages = piece.has_pages();
  const std::size_t head = has_pages ? 0 : sizeof(Piece), used = head + piece.size;
  const std::size_t kept = has_pages ? region_.paged(used) : Region::rounded(used);
  const std::size_t held = head + piece.capacity;
  if (kept == held) return;
  const Lock lock(mutex_);
  region_.give(piece.bytes - head + kept, held - kept);
  piece.capacity = static_cast<std::uint32_t>(kept - head);
}

void Store::give_pieces(Piece* first) {
  const Lock lock(mutex_);
  give_chain(first);
}

Pin Store::draft(const EntryParts& parts) {
  const std::size_t bytes = draft_bytes(parts);
  if (bytes > Region::piece_bytes_max) return {};
  const Lock lock(mutex_);
  take_step(cost_by_the_way);
  collect();
  char* const memory = allocate(bytes, victims_for_any);
  if (memory == nullptr) return {};
  char* const content = allocate(sizeof(Content), victims_for_any);
  if (content == nullptr) {
    region_.give(memory, bytes);
    return {};
  }
  Entry* const entry = make_draft(memory, bytes, parts, seed());
  entry->content = new (content) Content;
  entry->bans_checked.store(bans_.newest(), std::memory_order_relaxed);
  const auto verdict = purge_log_.judge(entry->key, entry->tags, parts.purges_before);
  entry->marked_stale.store(verdict == BanList::Verdict::stale, std::memory_order_relaxed);
  entry->spoiled.store(verdict == BanList::Verdict::gone, std::memory_order_relaxed);
  if (verdict != BanList::Verdict::gone) drafts_.push_back(*entry);
  return Pin(*this, *entry);
}

}  // namespace minato::cache
