// The seam between the code and the world of sockets: real ones (SocketNetwork) or, in tests,
// simulated ones. Everything that opens a connection or a port is handed one of these.
#pragma once

#include <memory>
#include <optional>

#include "base/task.h"
#include "net/address.h"
#include "net/stream.h"

namespace minato::net {

/// A connection that a client opened.
struct Accepted {
  std::unique_ptr<Stream> stream;  ///< side downstream
  Address peer;
};

/// An open port (or Unix socket) of one loop.
class Listener {
 public:
  virtual ~Listener() = default;
  /// The next connection, where one waits already. Errors: resource where descriptors are out
  /// (nothing is lost: the connection waits in the queue; call again later), closed after `stop`.
  virtual std::optional<Result<Accepted>> accept_now() = 0;
  /// Whether `accept_now` has something to tell, without taking it: for who may take none yet.
  virtual std::optional<Result<void>> peek() = 0;
  /// Where `accept_now` or `peek` has just given nothing: returns when it may have something to
  /// tell.
  virtual Task<void> arrival() = 0;
  /// The next connection. Errors: as `accept_now`.
  Task<Result<Accepted>> accept() {
    for (;;) {
      if (auto next = accept_now()) co_return *std::move(next);
      co_await arrival();
    }
  }
  /// Takes no new connections but what waits in the queue already; `accept` gives these and then
  /// `closed`.
  virtual void stop() = 0;
  /// Takes new connections again after `stop`. False where it has ended since, or cannot.
  virtual bool resume() = 0;
  virtual Address address() const = 0;
};

struct ListenOptions {
  Address address;     ///< an IPv6 wildcard is dual-stack
  int backlog = 4096;  ///< the kernel's own limit applies too
  bool shared = true;  ///< other loops listen on the same address too (SO_REUSEPORT)
  /// Whose a TCP socket shall be, where not who opens it: the kernel lets only sockets of one user
  /// share a port.
  std::optional<unsigned> owner{};
};

/// Thread: one per loop.
class Network {
 public:
  virtual ~Network() = default;
  /// A new connection, side upstream. Errors (side upstream): refused, timed_out, not_found and
  /// denied (of a Unix socket); resource (side local) where we are out of descriptors or ports.
  virtual Task<Result<std::unique_ptr<Stream>>> connect(const Address& to, Instant until) = 0;
  /// Errors: denied (in use, no permission), with the errno.
  virtual Result<std::unique_ptr<Listener>> listen(const ListenOptions& options) = 0;
};

}  // namespace minato::net
