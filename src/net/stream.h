// One bidirectional byte stream: a TCP or Unix connection, or in tests a simulated one.
//
// Its operations are those of stream_operations.h. It has at most one read and one write under way.
// Thread:   its loop's.
// Surprise: destroying a stream while an operation waits is an error of ours (asserted); the
//           coroutine that waits goes first.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/time.h"
#include "net/stream_operations.h"
#include "runtime/loop.h"
#include "runtime/timers.h"

namespace minato::net {

enum class More : std::uint8_t { no, yes };

/// What one attempt brought.
struct Io {
  enum class Kind : std::uint8_t { moved, would_block, ended, failed };
  Kind kind;
  std::size_t bytes = 0;  ///< where moved
  int os_errno = 0;       ///< where failed
};

/// Hears what happens to a stream while nobody reads or writes it. Unlinks itself when it dies; a
/// stream has at most one.
class Observer {
 public:
  explicit Observer(Stream& stream);
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

 protected:
  virtual ~Observer();

 private:
  friend class Stream;
  /// Bytes came, or the peer's end, or, where `broken`, the connection is gone. May destroy the
  /// stream.
  virtual void stirred(bool broken) = 0;
  Stream& stream_;
};

class Stream {
 public:
  Stream(runtime::Loop& loop, Side side)
      : loop_(loop), deadline_(loop.timers(), *this), side_(side) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream();

  ReadOp read(std::span<char> into, Instant until) { return {*this, into, until}; }
  ReadyOp readable(Instant until) { return {*this, &Stream::reading_, &Stream::readable_, until}; }
  ReadyOp writable(Instant until) { return {*this, &Stream::writing_, &Stream::writable_, until}; }
  WriteOp write(std::span<iovec> pieces, Millis idle) { return {*this, pieces, idle}; }
  FillOp fill(Pipe& pipe, std::size_t most, Instant until) { return {*this, pipe, most, until}; }
  DrainOp drain(Pipe& pipe, Millis idle) { return {*this, pipe, idle}; }

  /// Reads what is there without waiting; nullopt where there is nothing yet. Otherwise as `read`.
  std::optional<Result<std::size_t>> read_now(std::span<char> into);
  /// Tries to write all of `pieces` now, and uses up what was taken. True where nothing is left;
  /// false where the rest must wait (or the stream failed, which the write of the rest will tell).
  /// With `More::yes` they go out with what is written next, which has to come at once.
  bool write_now(std::span<iovec>& pieces, More more = More::no);

  /// Fills without waiting; nullopt where there is nothing yet. Otherwise as `fill`.
  std::optional<Result<std::size_t>> fill_now(Pipe& pipe, std::size_t most);
  /// Tries to move out all that `pipe` holds, as `write_now`.
  bool drain_now(Pipe& pipe);

  /// Nothing more will be written; the peer sees the end. The other direction stays open.
  virtual void end_writing() = 0;
  /// The peer is to see a reset instead of an orderly end when this stream dies.
  virtual void reset_on_close() = 0;
  /// True where the other end has neither sent anything nor ended: asks the kernel, for a
  /// connection that is about to be used for what cannot be repeated.
  virtual bool quiet() = 0;

  /// Makes every later operation fail with `error`, and soon, but not before this returns, what
  /// waits.
  void abort(Error error);

  runtime::Loop& loop() const { return loop_; }
  Side side() const { return side_; }
  /// False once the peer is known to have ended or broken the connection, or to have sent something
  /// that nobody has read: what an idle connection for reuse must not have.
  /// Where the engine does not listen yet, the kernel is asked.
  bool untouched() { return unheard_ ? quiet() : !readable_ && !broken(); }
  /// It broke, or was aborted: nothing moves on it any more.
  bool broken() const { return broken_ || is_aborted_; }
  /// What the kernel has taken of all writes.
  std::uint64_t bytes_written() const { return bytes_written_; }

 protected:
  virtual Io try_read(std::span<char> into) = 0;
  virtual Io try_write(std::span<const iovec> pieces, More more) = 0;
  virtual Io try_fill(Pipe& pipe, std::size_t most) = 0;
  virtual Io try_drain(Pipe& pipe) = 0;

  /// A connection under way is not writable until the engine says so.
  void connecting() { writable_ = false; }
  /// The engine has said nothing so far, and begins to listen at `listen`, which whoever has to
  /// wait calls; until then bytes may have come.
  void unheard() { unheard_ = readable_ = true; }
  virtual void listen() { unheard_ = false; }
  bool is_unheard() const { return unheard_; }
  /// The engine's word of what changed.
  void heard(bool readable, bool writable, bool peer_ended, bool broken);
  /// Resumes who waits for that. May end in the destruction of this stream.
  void act(bool stirred, bool broken);
  /// Both at once.
  void became(bool readable, bool writable, bool peer_ended, bool broken);

 private:
  friend class detail::Waiting;
  friend class ReadOp;
  friend class ReadyOp;
  friend class WriteOp;
  friend class FillOp;
  friend class DrainOp;
  friend class Observer;

  template <class Receive>
  Io receive_once(Receive receive);
  template <class Send>
  Io send_once(Send send);
  Io read_once(std::span<char> into);
  Io write_once(std::span<const iovec> pieces, More more = More::no);
  Io drain_once(Pipe& pipe);
  std::optional<Result<std::size_t>> outcome_of(const Io& io) const;
  Error error_of(const Io& io) const;
  void watch_deadline(Instant until);
  void deadline_passed();
  /// Resumes who waits in `slot` if `done(operation)`. False where that destroyed this stream.
  template <class Done>
  bool settle(detail::Waiting* Stream::* slot, Done done);

  runtime::Loop& loop_;
  detail::Waiting* reading_ = nullptr;
  detail::Waiting* writing_ = nullptr;
  Observer* observer_ = nullptr;
  bool* destroyed_ = nullptr;  // set while others are resumed: tells that one of them destroyed us
  // Armed for the earliest deadline of what waits, or earlier: it is moved only when it fires.
  runtime::TimerOf<Stream, &Stream::deadline_passed> deadline_;
  Error aborted_{};
  // Why a write failed. The kernel tells it once, and lets a read that follows end in good order:
  // a body cut off by a reset would pass for a complete one.
  int lost_errno_ = 0;
  std::uint64_t bytes_written_ = 0;
  Side side_;
  bool readable_ = false;  // the engine tells at once where there is something already
  bool writable_ = true;
  bool ended_ = false;  // the peer's end is on its way: never take a short read for "drained"
  bool broken_ = false;
  bool is_aborted_ = false;
  bool unheard_ = false;
};

}  // namespace minato::net
