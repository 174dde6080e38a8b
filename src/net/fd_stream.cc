#include "net/fd_stream.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "runtime/calls.h"

namespace minato::net {
namespace {

namespace calls = runtime::calls;

constexpr std::size_t iovecs_max = 1024;  // IOV_MAX

/// Calls `move` until no signal interrupts it.
template <class Move>
Io attempt(Move move) {
  ssize_t moved = 0;
  do moved = move();
  while (moved < 0 && errno == EINTR);
  if (moved > 0) return {.kind = Io::Kind::moved, .bytes = static_cast<std::size_t>(moved)};
  if (moved == 0) return {.kind = Io::Kind::ended};
  if (errno == EAGAIN) return {.kind = Io::Kind::would_block};
  return {.kind = Io::Kind::failed, .os_errno = errno};
}

}  // namespace

Result<std::unique_ptr<FdStream>> FdStream::make(runtime::EpollLoop& loop, Fd socket, Side side) {
  std::unique_ptr<FdStream> stream(new FdStream(loop, std::move(socket), side));
  if (auto watched = loop.watch(stream->fd(), *stream); !watched)
    return std::unexpected(watched.error());
  return stream;
}

std::unique_ptr<FdStream> FdStream::make_unheard(runtime::EpollLoop& loop, Fd socket, Side side) {
  std::unique_ptr<FdStream> stream(new FdStream(loop, std::move(socket), side));
  stream->unheard();
  loop.late_watchers().add(*stream);
  return stream;
}

FdStream::~FdStream() {
  if (is_unheard())
    epoll_.late_watchers().remove(*this);
  else
    epoll_.forget(*this);
}

void FdStream::hear(runtime::Readiness what) {
  heard(what.readable, what.writable, what.peer_ended, what.broken);
  // HTTP has none, and the kernel ends reads and splices in front of it as if nothing followed.
  if (what.urgent) abort({Fault::malformed, side(), 0, "urgent data came"});
}

void FdStream::listen() {
  epoll_.late_watchers().remove(*this);
  Stream::listen();
  if (auto watched = epoll_.watch(fd(), *this); !watched) abort(watched.error());
}

Task<Result<void>> FdStream::connected(Instant until) {
  connecting();
  const auto made = co_await writable(until);
  if (!made && made.error().fault != Fault::timed_out) co_return made;
  if (!made) co_return fail(Fault::timed_out, side(), "the connection was not made in time");
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    co_return fail(fault_of_errno(error), side(), "the connection was not made", error);
  co_return Result<void>{};
}

void FdStream::end_writing() { ::shutdown(fd(), SHUT_WR); }

void FdStream::reset_on_close() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool FdStream::quiet() {
  char byte = 0;
  return ::recv(fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

Io FdStream::try_read(std::span<char> into) {
  return attempt([&] { return calls::recv(fd(), into.data(), into.size(), 0); });
}

Io FdStream::try_write(std::span<const iovec> pieces, More more) {
  const int flags = MSG_NOSIGNAL | (more == More::yes ? MSG_MORE : 0);
  if (pieces.size() == 1)
    return attempt([&] { return calls::send(fd(), pieces[0].iov_base, pieces[0].iov_len, flags); });
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg does not write to it
  message.msg_iovlen = std::min(pieces.size(), iovecs_max);
  return attempt([&] { return calls::sendmsg(fd(), &message, flags); });
}

Io FdStream::try_fill(Pipe& pipe, std::size_t most) {
  const Io io = attempt([&] {
    return ::splice(fd(), nullptr, pipe.in(), nullptr, std::min(most, PipePool::pipe_bytes),
                    SPLICE_F_NONBLOCK);
  });
  pipe.put(io.bytes);
  return io;
}

/// There is no MSG_NOSIGNAL for it: programs ignore SIGPIPE.
Io FdStream::try_drain(Pipe& pipe) {
  // Or the kernel would send a short segment for each pipe.
  const unsigned flags = SPLICE_F_NONBLOCK | (pipe.more_follows() ? SPLICE_F_MORE : 0);
  const Io io =
      attempt([&] { return ::splice(pipe.out(), nullptr, fd(), nullptr, pipe.held(), flags); });
  pipe.taken(io.bytes);
  return io;
}

}  // namespace minato::net
