#include "net/socket.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

namespace minato::net {
namespace {

// A peer that is silent for a minute is asked four times, 15 seconds apart.
constexpr int keep_alive_idle_seconds = 60;
constexpr int keep_alive_interval_seconds = 15;
constexpr int keep_alive_probes = 4;

int domain_of(Address::Family family) {
  switch (family) {
    case Address::Family::ipv4: return AF_INET;
    case Address::Family::ipv6: return AF_INET6;
    case Address::Family::unix_path: return AF_UNIX;
    case Address::Family::none: return AF_UNSPEC;
  }
  return AF_UNSPEC;
}

void set(const Fd& socket, int level, int option, int value) {
  // What cannot be set is missed by nobody but a slow or silent peer.
  ::setsockopt(socket.get(), level, option, &value, sizeof value);
}

void tune_tcp(const Fd& socket) {
  // An urgent byte stays where it was sent (RFC 6093 6): taken out of the stream, it would make us
  // see another message than whoever looks at it on the way. Inherited by what is accepted.
  set(socket, SOL_SOCKET, SO_OOBINLINE, 1);
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(socket, IPPROTO_TCP, TCP_KEEPIDLE, keep_alive_idle_seconds);
  set(socket, IPPROTO_TCP, TCP_KEEPINTVL, keep_alive_interval_seconds);
  set(socket, IPPROTO_TCP, TCP_KEEPCNT, keep_alive_probes);
}

bool means_no_ipv6(int os_errno) { return os_errno == EAFNOSUPPORT || os_errno == EADDRNOTAVAIL; }

Result<Fd> bind_exactly(const Address& address, SharePort share, std::optional<unsigned> owner) {
  auto socket = open_socket(address.family());
  if (!socket) return socket;
  if (owner && ::fchown(socket->get(), *owner, static_cast<gid_t>(-1)) != 0)
    return fail(fault_of_errno(errno), Side::local, "cannot give the socket away", errno);
  set(*socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (share == SharePort::yes) set(*socket, SOL_SOCKET, SO_REUSEPORT, 1);
  if (address.family() == Address::Family::ipv6)
    set(*socket, IPPROTO_IPV6, IPV6_V6ONLY, address.is_wildcard() ? 0 : 1);
  sockaddr_storage storage;
  const socklen_t size = address.to_sockaddr(storage);
  if (::bind(socket->get(), reinterpret_cast<const sockaddr*>(&storage), size) == 0) return socket;
  return fail(fault_of_errno(errno), Side::local, "cannot bind the address", errno);
}

}  // namespace

Result<Fd> open_socket(Address::Family family) {
  Fd socket(::socket(domain_of(family), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail(fault_of_errno(errno), Side::local, "cannot open a socket", errno);
  if (family != Address::Family::unix_path) tune_tcp(socket);
  return socket;
}

Result<Fd> bind_socket(const Address& address, SharePort share, std::optional<unsigned> owner) {
  auto socket = bind_exactly(address, share, owner);
  const bool dual = address.family() == Address::Family::ipv6 && address.is_wildcard();
  if (socket || !dual || !means_no_ipv6(socket.error().os_errno)) return socket;
  return bind_exactly(Address::of_ip(std::string_view("\0\0\0\0", 4), address.port()), share,
                      owner);
}

Address local_address(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size);
  return Address::from(reinterpret_cast<const sockaddr*>(&storage), size);
}

bool is_connected_to_itself(int socket, const Address& to) {
  return to.family() != Address::Family::unix_path && local_address(socket) == to;
}

}  // namespace minato::net
