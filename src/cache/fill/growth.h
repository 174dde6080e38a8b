// A body on its way from the origin, which any number of readers follow, each at its own speed.
//
// What came is kept for the store, and readers may begin at its beginning at any time. Where it
// turns out to be too much to store, it only passes: the readers that are there get all of it
// through a window, whose slowest reader then sets the pace.
#pragma once

#include <deque>
#include <memory>

#include "base/soon.h"
#include "cache/store/store.h"
#include "runtime/bell.h"

namespace minato::cache {

/// Shared. One thread writes; readers are each of one thread. Cost: a lock for a piece.
class Growth {
 public:
  /// Keeps `draft`, whose body it is, alive. `bytes_max`: of what may be stored.
  Growth(Store& store, Pin draft, std::uint64_t bytes_max, std::uint64_t bytes_expected);
  Growth(const Growth&) = delete;
  Growth& operator=(const Growth&) = delete;
  ~Growth();

  // The writer's.

  /// Done when all of `piece` is kept; waits only where it just passes. Errors: cancelled, where it
  /// cannot be stored and nobody reads.
  Soon<Result<void>> append(runtime::Loop& here, std::string_view piece);
  /// That was all of it, at `tick` (Item::touch). True where it is in the store now.
  bool complete(runtime::Loop& here, std::uint64_t tick);
  /// There will be no more, and what came is not all.
  void break_off(runtime::Loop& here);

  /// Outlive: the loop.
  class Reader : public ListLink {
   public:
    Reader(std::shared_ptr<Growth> growth, runtime::Loop& loop)
        : growth_(std::move(growth)), loop_(loop) {}
    ~Reader();

    /// The next bytes, good until the next call; empty at the end. Errors: closed, side upstream.
    Soon<Result<std::string_view>> next();
    /// What `next` gave last was the end of it.
    bool ended() const;

   private:
    friend class Growth;
    std::optional<Result<std::string_view>> next_now();
    Task<Result<std::string_view>> wait_for_next();

    std::shared_ptr<Growth> growth_;
    runtime::Loop& loop_;
    std::uint64_t position_ = 0;  // of the first byte that it still needs
    std::uint64_t given_ = 0;     // bytes from there that it looks at
  };

  /// From its beginning; null where some of that has passed, or it was given up as nobody read it.
  static std::unique_ptr<Reader> follow(std::shared_ptr<Growth> growth, runtime::Loop& loop);

 private:
  enum class State : std::uint8_t { growing, complete, broken };
  struct Chunk {
    Piece* piece;
    std::uint64_t begin;
    bool from_store;
  };
  /// Of a body that only passes: as much is kept for the slowest reader.
  static constexpr std::uint64_t window_bytes = 64u << 10;
  /// Of what takes several writes in any case a piece need not be larger.
  static constexpr std::uint64_t ample_piece_bytes = 64u << 10;

  std::string_view keep_some(std::string_view piece);
  bool make_chunk(std::size_t bytes);
  std::size_t room_for() const;
  std::size_t pieces_left(std::uint64_t bytes) const;
  bool may_take() const;
  Result<void> give_up();
  void pass_only();
  void forget_read();
  std::uint64_t slowest() const;
  std::string_view text_at(std::uint64_t position) const;
  void give(const Chunk& chunk);
  void end_as(State state, runtime::Loop& here);
  Task<Result<void>> append_slowly(runtime::Loop& here, std::string_view piece);

  Store& store_;
  const Pin draft_;
  const std::uint64_t bytes_max_, bytes_expected_;
  runtime::Bell news_;  // bytes, or the end
  runtime::Bell room_;  // a reader got on, or left
  mutable std::mutex mutex_;
  std::deque<Chunk> chunks_;
  std::uint64_t size_ = 0;
  State state_ = State::growing;
  std::atomic<bool> passes_only_ = false;
  bool may_be_joined_ = true;  // none of it is forgotten, or given up
  bool stored_ = false;        // the pieces are the draft's
  mutable IntrusiveList<Reader> readers_;
};

}  // namespace minato::cache
