// One worker's pools, by endpoint. They outlive configurations: what is the same endpoint in the
// next one finds its connections again.
#pragma once

#include <memory>
#include <unordered_map>

#include "upstream/pool.h"

namespace minato::upstream {

/// Thread: the worker's. Leases and held pools die before it.
class Pools {
 public:
  Pools(runtime::Loop& loop, net::Network& network, ConnectNews& news)
      : loop_(loop), network_(network), news_(news) {}

  /// The pool of `endpoint`, which it keeps alive; stays, with what it has learnt, while the
  /// endpoint is named.
  LocalRef<Pool> of(Endpoint& endpoint);
  /// Lets go of endpoints that nobody names any more and no exchange uses. To be called when groups
  /// have changed, so that what is here is what they lead to.
  void forget_unnamed();
  void clear() { pools_.clear(); }
  /// Closes every idle connection. False where there is none.
  bool close_idle();

 private:
  runtime::Loop& loop_;
  net::Network& network_;
  ConnectNews& news_;
  std::unordered_map<EndpointId, LocalRef<Pool>> pools_;
};

}  // namespace minato::upstream
