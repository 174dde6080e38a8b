// A stream over a simulated socket: what FdStream is over a real one.
#pragma once

#include <memory>
#include <string>

#include "base/task.h"
#include "net/stream.h"
#include "sim/socket.h"

namespace minato::sim {

class SimStream final : public net::Stream, private Edge {
 public:
  /// `descriptor` is counted by its network for as long as the stream lives.
  SimStream(SimLoop& loop, std::shared_ptr<Socket> socket, Side side,
            std::shared_ptr<const void> descriptor);
  ~SimStream() override { socket_->close(reset_); }

  /// co_await stream.connected(until): the outcome of a connect under way.
  Task<Result<void>> connected(Instant until);

  void end_writing() override { socket_->end_writing(); }
  void reset_on_close() override { reset_ = true; }
  bool quiet() override { return socket_->quiet(); }

 private:
  net::Io try_read(std::span<char> into) override {
    loop_.count_call();
    return socket_->read(into);
  }
  net::Io try_write(std::span<const iovec> pieces, net::More) override {
    loop_.count_call();
    return socket_->write(pieces);
  }
  net::Io try_fill(Pipe& pipe, std::size_t most) override;
  net::Io try_drain(Pipe& pipe) override;
  void hear() override;
  void deliver() override;

  SimLoop& loop_;
  std::shared_ptr<Socket> socket_;
  std::shared_ptr<const void> descriptor_;
  std::string
      drained_;  // out of a pipe, and not yet taken by the socket: it counts as held by that
  bool reset_ = false;
};

}  // namespace minato::sim
