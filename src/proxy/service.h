// One service as a configuration has it, ready to be used.
#pragma once

#include <memory>
#include <string>

#include "connection/options.h"
#include "http/handler.h"
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

  /// Of the exchanges that it takes, whoever answers them.
  http::BodyRules body_rules() const {
    return {.idle = timeouts.stream_idle,
            .bytes_max = limits.request_body.count,
            .rate_min = timeouts.min_rate.count,
            .tunnel_idle = timeouts.tunnel_idle};
  }
};

}  // namespace minato::proxy
