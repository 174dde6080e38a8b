// Sockets as this program opens them: non-blocking, not inherited by programs it starts. For the
// files of this folder; others go through Network.
#pragma once

#include <optional>

#include "base/error.h"
#include "base/fd.h"
#include "net/address.h"

namespace minato::net {

/// A stream socket. A TCP one sends small pieces at once and notices within two minutes that a
/// silent peer is gone (connections accepted from it too). Errors: resource, denied.
Result<Fd> open_socket(Address::Family family);

enum class SharePort : bool { no, yes };

/// A TCP socket bound to `address`; connections of a former owner that linger are no obstacle. An
/// IPv6 wildcard takes IPv4 too, and is the IPv4 wildcard where the host has no IPv6.
/// Errors: denied (in use, no permission), resource.
/// `owner`: as ListenOptions.
Result<Fd> bind_socket(const Address& address, SharePort share,
                       std::optional<unsigned> owner = std::nullopt);

/// The address that the socket is bound to, or comes from.
Address local_address(int socket);

/// True where the kernel gave the connection the port it is connecting to: it happens to those who
/// try a port of this host that nobody listens on, often enough.
bool is_connected_to_itself(int socket, const Address& to);

}  // namespace minato::net
