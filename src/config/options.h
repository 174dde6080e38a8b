// The whole configuration: what the rooms declare, put together.
#pragma once

#include "base/time.h"
#include "cache/options.h"
#include "connection/options.h"
#include "http/path.h"
#include "http/url.h"
#include "net/options.h"
#include "observe/options.h"
#include "proxy/options.h"
#include "schema/declare.h"
#include "upstream/options.h"

namespace minato::config {

struct AdminOptions {
  std::string listen;      ///< `address:port`
  std::string token_file;  ///< needed where `listen` is not a loopback address
  friend bool operator==(const AdminOptions&, const AdminOptions&) = default;
};

struct NormalizeOptions {
  bool merge_slashes = true;
  http::MergeSlashes merge() const {
    return merge_slashes ? http::MergeSlashes::yes : http::MergeSlashes::no;
  }
  friend bool operator==(const NormalizeOptions&, const NormalizeOptions&) = default;
};

/// One service with its effective settings: what it does not state itself is filled in from the
/// top.
struct ServiceConfig {
  std::string name;
  std::uint16_t listen_port = 0;
  std::string listen_address;  ///< literal; empty: all addresses
  std::string balancer = "round_robin";
  std::vector<http::RouteUrl> hosts;
  std::vector<upstream::UpstreamOptions> upstreams;
  NormalizeOptions normalize;
  connection::ExchangeTimeouts timeouts;
  connection::ExchangeLimits limits;
  upstream::PoolOptions upstream_pool;
  upstream::RetryOptions retries;
  upstream::HealthOptions health_check;
  proxy::ForwardingOptions forwarding;
  observe::AccessLogOptions access_log;
  cache::ServiceCacheOptions cache;  ///< without effect where the file has no cache
  friend bool operator==(const ServiceConfig&, const ServiceConfig&) = default;
};

struct Config {
  std::uint32_t workers = 0;  ///< threads; 0: one per CPU
  std::string user;           ///< empty: stay who we are
  Millis shutdown_grace = 30s;
  Millis drain_delay = 0s;
  std::vector<std::string> trusted_proxies;  ///< CIDRs
  std::string control_socket = "auto";       ///< auto, off or a path
  std::optional<AdminOptions> admin;
  observe::LogOptions log;
  observe::AccessLogOptions access_log;
  net::DnsOptions dns;
  proxy::ForwardingOptions forwarding;
  connection::Timeouts timeouts;
  connection::Limits limits;
  upstream::PoolOptions upstream_pool;
  upstream::RetryOptions retries;
  upstream::HealthOptions health_check;
  std::optional<cache::CacheOptions> cache;
  std::vector<ServiceConfig> services;
  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace minato::config
