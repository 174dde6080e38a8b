#include "net/socket_network.h"

#include <cerrno>

#include "net/fd_stream.h"
#include "net/socket.h"
#include "net/socket_listener.h"

namespace minato::net {
namespace {

struct Begun {
  Fd socket;
  bool under_way;  // the answer is yet to come
};

Error connect_error(int os_errno) {
  constexpr const char* detail = "cannot connect";
  switch (os_errno) {
    case EAGAIN:  // the queue of a Unix socket is full
      return {Fault::refused, Side::upstream, os_errno, detail};
    case EADDRNOTAVAIL:  // all of our ports towards this address are taken
      return {Fault::resource, Side::local, os_errno, detail};
    default: return {fault_of_errno(os_errno), Side::upstream, os_errno, detail};
  }
}

/// Calls connect before the socket is watched: epoll says of one that is not connected that it is
/// broken.
Result<Begun> begin_connecting(const Address& to) {
  auto socket = open_socket(to.family());
  if (!socket) return std::unexpected(socket.error());
  sockaddr_storage storage;
  const socklen_t size = to.to_sockaddr(storage);
  const auto* const generic = reinterpret_cast<const sockaddr*>(&storage);
  if (::connect(socket->get(), generic, size) == 0) return Begun{std::move(*socket), false};
  if (errno == EINPROGRESS || errno == EINTR) return Begun{std::move(*socket), true};
  return std::unexpected(connect_error(errno));
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> SocketNetwork::connect(const Address& to, Instant until) {
  auto begun = begin_connecting(to);
  if (!begun) co_return std::unexpected(begun.error());
  auto stream = FdStream::make(loop_, std::move(begun->socket), Side::upstream);
  if (!stream) co_return std::unexpected(stream.error());
  if (begun->under_way) {
    const auto made = co_await (*stream)->connected(until);
    if (!made) co_return std::unexpected(made.error());
  }
  if (is_connected_to_itself((*stream)->fd(), to)) {
    (*stream)->reset_on_close();
    co_return fail(Fault::refused, Side::upstream, "nobody listens there but this connection");
  }
  co_return std::move(*stream);
}

Result<std::unique_ptr<Listener>> SocketNetwork::listen(const ListenOptions& options) {
  return SocketListener::make(loop_, options);
}

}  // namespace minato::net
