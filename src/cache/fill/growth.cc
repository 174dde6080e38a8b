#include "cache/fill/growth.h"

#include <algorithm>
#include <cstring>

#include "base/short_lock.h"
#include "http/handler.h"

namespace minato::cache {
namespace {

constexpr std::size_t first_piece_bytes = 4096;
constexpr std::size_t passing_piece_bytes = 16u << 10;

using Lock = ShortLock;

/// For what only passes: it is no part of what the cache holds.
Piece* make_passing_piece() {
  auto* const piece = new (::operator new(passing_piece_bytes)) Piece;
  piece->capacity = passing_piece_bytes - sizeof(Piece);
  return piece;
}

}  // namespace

Growth::Growth(Store& store, Pin draft, std::uint64_t bytes_max, std::uint64_t bytes_expected)
    : store_(store),
      draft_(std::move(draft)),
      bytes_max_(bytes_max),
      bytes_expected_(bytes_expected) {}

Growth::~Growth() {
  if (stored_) return;
  for (const Chunk& chunk : chunks_) give(chunk);
}

void Growth::give(const Chunk& chunk) {
  if (!chunk.from_store) return ::operator delete(chunk.piece);
  chunk.piece->next = nullptr;
  store_.give_pieces(chunk.piece);
}

// Writing.

Soon<Result<void>> Growth::append(runtime::Loop& here, std::string_view piece) {
  {
    const Lock lock(mutex_);
    if (!passes_only_ && size_ + piece.size() > bytes_max_) pass_only();
    while (!piece.empty() && may_take()) piece = keep_some(piece);
  }
  news_.ring(here);
  if (piece.empty()) return Result<void>{};
  return append_slowly(here, piece);
}

Task<Result<void>> Growth::append_slowly(runtime::Loop& here, std::string_view piece) {
  while (!piece.empty()) {
    const std::uint64_t seen = room_.rings();
    bool kept = false;
    {
      const Lock lock(mutex_);
      if (readers_.empty()) co_return give_up();
      forget_read();
      while (!piece.empty() && may_take()) piece = keep_some(piece), kept = true;
    }
    if (kept)
      news_.ring(here);
    else
      (void)co_await room_.after(here, seen);
  }
  co_return Result<void>{};
}

/// Who comes from now on would not get all of it, though its origin does nothing wrong.
Result<void> Growth::give_up() {
  may_be_joined_ = false;
  return fail(Fault::cancelled, Side::downstream, "nobody reads what cannot be stored");
}

bool Growth::may_take() const {
  return !passes_only_ || (!readers_.empty() && size_ - slowest() < window_bytes);
}

/// Gives what is left of `piece`.
std::string_view Growth::keep_some(std::string_view piece) {
  if (room_for() == 0 && !make_chunk(piece.size())) {
    pass_only();
    return piece;
  }
  Piece& last = *chunks_.back().piece;
  const std::size_t count = std::min(piece.size(), room_for());
  std::memcpy(last.bytes + last.size, piece.data(), count);
  last.size += static_cast<std::uint32_t>(count);
  size_ += count;
  return piece.substr(count);
}

std::size_t Growth::room_for() const {
  if (chunks_.empty()) return 0;
  const Piece& last = *chunks_.back().piece;
  return last.capacity - last.size;
}

/// As large as is left, where that is known; else twice as large as what there is.
bool Growth::make_chunk(std::size_t bytes) {
  Piece* piece = nullptr;
  if (passes_only_) {
    piece = make_passing_piece();
  } else {
    const std::uint64_t guess = bytes_expected_ > size_
                                    ? bytes_expected_ - size_
                                    : std::max<std::uint64_t>({bytes, size_, first_piece_bytes});
    const std::uint64_t wanted = std::min(guess, bytes_max_ - size_);
    piece = store_.take_piece(wanted, pieces_left(wanted));
  }
  if (piece == nullptr) return false;
  if (!chunks_.empty()) chunks_.back().piece->next = piece;
  chunks_.push_back({.piece = piece, .begin = size_, .from_store = !passes_only_});
  return true;
}

/// For a hit to be one write. Where `bytes` are more than one is worth, or that came to nothing, in
/// few: to make room for still larger pieces many more others would go than have as many bytes.
std::size_t Growth::pieces_left(std::uint64_t bytes) const {
  constexpr std::size_t most = http::Responder::pieces_max;
  return std::max<std::size_t>(most - chunks_.size() % most, bytes / ample_piece_bytes);
}

void Growth::pass_only() {
  passes_only_ = true;
  forget_read();
}

/// Gives back what every reader has behind it.
void Growth::forget_read() {
  if (!passes_only_) return;
  const std::uint64_t needed = slowest();
  while (!chunks_.empty() && chunks_.front().begin + chunks_.front().piece->size <= needed) {
    give(chunks_.front());
    chunks_.pop_front();
    may_be_joined_ = false;
  }
}

std::uint64_t Growth::slowest() const {
  std::uint64_t least = size_;
  readers_.for_each([&](const Reader& reader) { least = std::min(least, reader.position_); });
  return least;
}

bool Growth::complete(runtime::Loop& here, std::uint64_t tick) {
  bool stores = false;
  {
    const Lock lock(mutex_);
    if (!passes_only_) {
      if (!chunks_.empty()) store_.trim(*chunks_.back().piece);
      Piece* const first = chunks_.empty() ? nullptr : chunks_.front().piece;
      stored_ = true;
      draft_->used.store(tick, std::memory_order_relaxed);
      stores = store_.insert(*draft_, first, size_);
    }
  }
  end_as(State::complete, here);
  return stores;
}

void Growth::break_off(runtime::Loop& here) { end_as(State::broken, here); }

void Growth::end_as(State state, runtime::Loop& here) {
  {
    const Lock lock(mutex_);
    if (state_ != State::growing) return;
    state_ = state;
  }
  news_.ring(here);
}

// Reading.

std::string_view Growth::text_at(std::uint64_t position) const {
  const auto behind = std::ranges::upper_bound(chunks_, position, {}, &Chunk::begin);
  const Chunk& chunk = *std::prev(behind);
  return chunk.piece->text().substr(position - chunk.begin);
}

std::unique_ptr<Growth::Reader> Growth::follow(std::shared_ptr<Growth> growth,
                                               runtime::Loop& loop) {
  auto reader = std::make_unique<Reader>(growth, loop);
  const Lock lock(growth->mutex_);
  if (!growth->may_be_joined_) return nullptr;
  growth->readers_.push_back(*reader);
  return reader;
}

Growth::Reader::~Reader() {
  {
    const Lock lock(growth_->mutex_);
    unlink();
  }
  growth_->room_.ring(loop_);
}

std::optional<Result<std::string_view>> Growth::Reader::next_now() {
  Growth& growth = *growth_;
  const Lock lock(growth.mutex_);
  position_ += std::exchange(given_, 0);
  if (position_ < growth.size_) {
    const std::string_view text = growth.text_at(position_);
    given_ = text.size();
    return text;
  }
  if (growth.state_ == State::complete) return std::string_view{};
  if (growth.state_ == State::broken)
    return fail(Fault::closed, Side::upstream, "the response broke off");
  return std::nullopt;
}

Soon<Result<std::string_view>> Growth::Reader::next() {
  auto now = next_now();
  // Asked afterwards: a writer who saw no room before this got on has made it pass by now.
  if (growth_->passes_only_) growth_->room_.ring(loop_);
  if (now) return *std::move(now);
  return wait_for_next();
}

Task<Result<std::string_view>> Growth::Reader::wait_for_next() {
  for (;;) {
    const std::uint64_t seen = growth_->news_.rings();
    if (auto now = next_now()) co_return *std::move(now);
    (void)co_await growth_->news_.after(loop_, seen);
  }
}

bool Growth::Reader::ended() const {
  const Lock lock(growth_->mutex_);
  return growth_->state_ == State::complete && position_ + given_ == growth_->size_;
}

}  // namespace minato::cache
