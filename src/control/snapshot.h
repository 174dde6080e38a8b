// A configuration, compiled for serving: what every worker reads and nobody changes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cache/cache.h"
#include "cache/rules.h"
#include "config/options.h"
#include "net/address.h"
#include "net/cidr.h"
#include "observe/access_log.h"
#include "proxy/service.h"
#include "routing/router.h"

namespace minato::control {

/// One address to listen on, and which service takes what arrives there.
struct PortPlan {
  net::Address address;
  routing::Router router;  ///< of indices into Snapshot::services
};

struct ServicePlan {
  proxy::Service service;
  std::unique_ptr<const cache::ServiceRules> caching;   ///< null: no cache
  std::shared_ptr<const observe::AccessTarget> access;  ///< null: no access log
};

/// Shared: immutable once it is made.
struct Snapshot {
  config::Config config;
  std::vector<ServicePlan> services;
  std::vector<PortPlan> ports;
  net::CidrSet trusted_proxies;
  std::shared_ptr<cache::Cache> cache;  ///< null: none; several snapshots may share one
  std::shared_ptr<const observe::AccessTarget> access;  ///< of requests that no service took

  const PortPlan* port_at(const net::Address& address) const;
  /// Those that take requests for `url`, each once; in `arena`.
  std::span<const ServicePlan* const> services_of(const cache::Url& url, Arena& arena) const;
  /// Whether there are any, for something of that host.
  bool takes_host(std::string_view host) const;
};

/// Where a service listens: its literal address, or every address of the host (both families, or
/// IPv4 alone where the host has no IPv6).
net::Address listen_address(const config::ServiceConfig& service, bool host_has_ipv6);

/// What a snapshot is made from besides the configuration itself.
struct Ingredients {
  observe::AccessLog& access_log;
  bool host_has_ipv6;
  std::uint64_t seed;  ///< of hash tables
};

/// Opens log outputs that are not open yet. The groups of the services are for the caller to set.
/// The sentence names the log output that cannot be opened; the configuration itself has been
/// checked.
std::expected<std::shared_ptr<Snapshot>, std::string> compile(config::Config config,
                                                              const Ingredients& ingredients);

/// The groups' part of the configuration, in the order of the services.
std::vector<upstream::GroupConfig> group_configs(const config::Config& config);

}  // namespace minato::control
