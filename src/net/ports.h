// Who listens where on this host.
//
// Workers share their ports (SO_REUSEPORT), and so would a second Minato of the same user, unseen:
// the kernel would give each a part of the connections. Hence a port is claimed before the first
// worker listens on it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/address.h"

namespace minato::net {

/// Fails with denied and EADDRINUSE where another program listens at `address` (or at a part of it:
/// "::" is everything), whether it shares the port or not, and with denied and another errno where
/// we may not listen there. What this process listens on is no obstacle to it, so that a reload may
/// claim all ports of the new configuration, those that it has among them.
///
/// Race: nothing is held afterwards. A program that takes the port before our workers do fails
/// their `listen`, unless it is another Minato of the same user: one that starts in the same few
/// milliseconds is not noticed.
/// Thread: any. Blocks for some system calls, and for a look through /proc where it fails.
Result<void> claim_port(const Address& address);

struct PortHolder {
  std::string name;  ///< of the program, as ps shows it
  pid_t pid;
  friend bool operator==(const PortHolder&, const PortHolder&) = default;
};

/// The program, other than this one, that listens at `address`: for an error message. nullopt where
/// there is none, or none that we may look into (another user's, another container's).
std::optional<PortHolder> holder_of(const Address& address);

/// A row of /proc/net/tcp or tcp6.
struct ListeningSocket {
  Address address;
  ino_t inode;
  friend bool operator==(const ListeningSocket&, const ListeningSocket&) = default;
};
/// nullopt where the row is not of a listening socket.
std::optional<ListeningSocket> parse_socket_row(std::string_view row);

}  // namespace minato::net
