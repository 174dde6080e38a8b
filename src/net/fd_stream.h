// A stream over a socket of the kernel.
#pragma once

#include "base/fd.h"
#include "base/task.h"
#include "net/stream.h"
#include "runtime/epoll_loop.h"

namespace minato::net {

class FdStream final : public Stream, private runtime::LateWatcher {
 public:
  /// Takes a connected, or connecting, non-blocking socket. Errors: resource.
  static Result<std::unique_ptr<FdStream>> make(runtime::EpollLoop& loop, Fd socket, Side side);
  /// Takes one of whose peer the first bytes are there, or soon: if that is so and all goes fast,
  /// it is never registered with the loop. Where that cannot be done later, operations fail:
  /// resource.
  static std::unique_ptr<FdStream> make_unheard(runtime::EpollLoop& loop, Fd socket, Side side);
  ~FdStream() override;

  /// co_await stream.connected(until): the outcome of a connect under way.
  Task<Result<void>> connected(Instant until);

  void end_writing() override;
  void reset_on_close() override;
  bool quiet() override;
  int fd() const { return socket_.get(); }

 private:
  FdStream(runtime::EpollLoop& loop, Fd socket, Side side)
      : Stream(loop, side), epoll_(loop), socket_(std::move(socket)) {}
  Io try_read(std::span<char> into) override;
  Io try_write(std::span<const iovec> pieces, More more) override;
  Io try_fill(Pipe& pipe, std::size_t most) override;
  Io try_drain(Pipe& pipe) override;
  void hear(runtime::Readiness what) override;
  void listen() override;
  void watch_now() override { listen(); }
  void ready(runtime::Readiness what) override {
    act(what.readable || what.peer_ended || what.broken, what.broken);
  }

  runtime::EpollLoop& epoll_;
  Fd socket_;
};

}  // namespace minato::net
