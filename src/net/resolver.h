// Names to addresses, without blocking the loop.
//
// It answers a question and keeps nothing: who uses a name asks again after `ttl`, and goes on with
// the last good addresses where the answer is an error (see upstream/).
// Replaceable: tests give their own; make_resolver is the one of the real world.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/task.h"
#include "net/address.h"
#include "net/options.h"
#include "runtime/epoll_loop.h"

namespace minato::net {

/// What a name stands for.
struct Resolution {
  std::vector<Address> addresses;  ///< at least one, each once, sorted (IPv4 first); port 0
  Millis ttl;                      ///< good for so long: within the bounds of DnsOptions
};

/// Thread: its loop's.
class Resolver {
 public:
  virtual ~Resolver() = default;
  /// All IPv4 and IPv6 addresses of `name` (a host name, or a literal without brackets). Dropping
  /// the task is safe at any moment.
  /// Errors: not_found, where it is sure that there is none; timed_out, where `until` passed or no
  /// name server answered; refused or malformed, where one did, to no use; resource; cancelled,
  /// where the resolver was destroyed.
  virtual Task<Result<Resolution>> resolve(std::string name, Instant until) = 0;
};

/// Asks the hosts file, then the name servers of `options`, or of the system (resolv.conf, with its
/// search list) as they are now: a resolver made later sees what has changed in them. The hosts
/// file is read at each question; as it states no time to live, its answers are good for 10
/// seconds. A host without IPv6 asks for IPv4 only. At most 256 addresses of a name are taken.
/// Errors: resource.
Result<std::unique_ptr<Resolver>> make_resolver(runtime::EpollLoop& loop,
                                                const DnsOptions& options);

}  // namespace minato::net
