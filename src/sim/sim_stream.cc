#include "sim/sim_stream.h"

namespace minato::sim {

SimStream::SimStream(SimLoop& loop, std::shared_ptr<Socket> socket, Side side,
                     std::shared_ptr<const void> descriptor)
    : Stream(loop, side),
      loop_(loop),
      socket_(std::move(socket)),
      descriptor_(std::move(descriptor)) {
  socket_->attach(loop, *this);
}

Task<Result<void>> SimStream::connected(Instant until) {
  connecting();
  const auto made = co_await writable(until);
  if (!made) co_return fail(Fault::timed_out, side(), "the connection was not made in time");
  if (const int error = socket_->take_error(); error != 0)
    co_return fail(fault_of_errno(error), side(), "the connection was not made", error);
  co_return Result<void>{};
}

void SimStream::hear() {
  const runtime::Readiness what = socket_->poll();
  heard(what.readable, what.writable, what.peer_ended, what.broken);
}

void SimStream::deliver() {
  const runtime::Readiness what = socket_->poll();
  became(what.readable, what.writable, what.peer_ended, what.broken);
}

}  // namespace minato::sim
