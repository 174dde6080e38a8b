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

  /// The pool of `endpoint`; lives as long as it is held, or has idle connections.
  LocalRef<Pool> of(Endpoint& endpoint);
  /// Closes every idle connection.
  void clear() { pools_.clear(); }

 private:
  void forget_unused();

  runtime::Loop& loop_;
  net::Network& network_;
  ConnectNews& news_;
  std::unordered_map<EndpointId, LocalRef<Pool>> pools_;
};

}  // namespace minato::upstream
