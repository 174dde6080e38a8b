#include "sim/sim_stream.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace minato::sim {
namespace {

constexpr std::size_t moved_bytes_max = 16u << 10;  // an empty pipe of 64 KiB takes as much

}  // namespace

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

net::Io SimStream::try_fill(Pipe& pipe, std::size_t most) {
  std::array<char, moved_bytes_max> bytes;
  const net::Io io = try_read(std::span(bytes).first(std::min(most, bytes.size())));
  const auto put = io.bytes > 0 ? ::write(pipe.in(), bytes.data(), io.bytes) : 0;
  MINATO_ASSERT(put == static_cast<ssize_t>(io.bytes));
  pipe.put(io.bytes);
  return io;
}

net::Io SimStream::try_drain(Pipe& pipe) {
  if (drained_.empty()) {
    drained_.resize(std::min(pipe.held(), moved_bytes_max));
    const auto got = ::read(pipe.out(), drained_.data(), drained_.size());
    MINATO_ASSERT(got == static_cast<ssize_t>(drained_.size()));
  }
  const iovec piece{drained_.data(), drained_.size()};
  const net::Io io = try_write({&piece, 1}, net::More::no);
  drained_.erase(0, io.bytes);
  pipe.taken(io.bytes);
  return io;
}

}  // namespace minato::sim
