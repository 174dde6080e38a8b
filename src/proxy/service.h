// One service as a configuration has it, ready to be used.
#pragma once

#include <memory>
#include <string>

#include "connection/options.h"
#include "proxy/options.h"
#include "upstream/group.h"

namespace minato::proxy {

/// Shared: immutable; part of a configuration's snapshot.
struct Service {
  std::string name;
  connection::ExchangeTimeouts timeouts;
  connection::ExchangeLimits limits;
  upstream::PoolOptions pool;
  upstream::RetryOptions retries;
  ForwardingOptions forwarding;
  std::shared_ptr<upstream::Group> group;
};

}  // namespace minato::proxy
