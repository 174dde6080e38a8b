// What one awaits of a stream: to read, to write, and that it would not block.
//
// An operation is an awaiter without a frame: it tries at once and suspends only where the kernel
// would block. Each has its deadline.
#pragma once

#include <sys/uio.h>

#include <coroutine>
#include <cstddef>
#include <span>

#include "base/error.h"
#include "base/pipe_pool.h"
#include "base/time.h"

namespace minato::net {

class Stream;

namespace detail {

/// One operation of one direction while it waits. Unlinks itself when it dies.
class Waiting {
 public:
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 protected:
  Waiting(Stream& stream, Waiting* Stream::* slot, Instant until)
      : stream_(stream), until_(until), slot_(slot) {}
  virtual ~Waiting();
  void wait(std::coroutine_handle<> who);

  /// Tries, or tries again; true where the operation is done.
  virtual bool attempt() = 0;

  Stream& stream_;
  Instant until_ = never;

 private:
  friend class net::Stream;
  virtual void time_out() = 0;

  Waiting* Stream::* slot_;
  std::coroutine_handle<> who_;
};

/// One that comes to a T, as an awaiter.
template <class T>
class Operation : protected Waiting {
 public:
  bool await_ready() { return attempt(); }
  void await_suspend(std::coroutine_handle<> who) { wait(who); }
  Result<T> await_resume() const { return result_; }

 protected:
  using Waiting::Waiting;
  Result<T> result_{};
};

}  // namespace detail

/// co_await stream.read(into, until): at least one byte into `into`, or 0 at the end of the stream.
/// Errors: timed_out, reset, closed, with the stream's side.
class [[nodiscard]] ReadOp final : public detail::Operation<std::size_t> {
 public:
  ReadOp(Stream& stream, std::span<char> into, Instant until);

 private:
  bool attempt() override;
  void time_out() override;
  std::span<char> into_;
};

/// co_await stream.readable(until) or writable(until): returns when a read (a write) would not
/// block. Needs no buffer, so that an idle connection owns none. Errors: timed_out.
class [[nodiscard]] ReadyOp final : public detail::Operation<void> {
 public:
  ReadyOp(Stream& stream, Waiting* Stream::* slot, bool Stream::* flag, Instant until)
      : Operation(stream, slot, until), flag_(flag) {}

 private:
  bool attempt() override;
  void time_out() override;
  bool Stream::* flag_;
};

/// co_await stream.write(pieces, idle): returns when all of `pieces` is with the kernel, which may
/// be several sends later. `pieces` is used up on the way. Errors: timed_out where no byte was
/// taken for `idle` (zero: no limit), reset, closed.
class [[nodiscard]] WriteOp final : public detail::Operation<void> {
 public:
  WriteOp(Stream& stream, std::span<iovec> pieces, Millis idle);

 private:
  bool attempt() override;
  void time_out() override;
  std::span<iovec> pieces_;
  Millis idle_;
};

/// co_await stream.fill(pipe, most, until): as a read of at most `most` bytes, which stay with the
/// kernel, in a pipe of the loop's that `pipe` then is. Errors: those, and resource (side local)
/// where there are bytes and no pipe is left: nothing is lost then.
class [[nodiscard]] FillOp final : public detail::Operation<std::size_t> {
 public:
  FillOp(Stream& stream, Pipe& pipe, std::size_t most, Instant until);

 private:
  bool attempt() override;
  void time_out() override;
  Pipe& pipe_;
  std::size_t most_;
};

/// co_await stream.drain(pipe, idle): as a write of all that `pipe` holds.
class [[nodiscard]] DrainOp final : public detail::Operation<void> {
 public:
  DrainOp(Stream& stream, Pipe& pipe, Millis idle);

 private:
  bool attempt() override;
  void time_out() override;
  Pipe& pipe_;
  Millis idle_;
};

}  // namespace minato::net
