#include "control/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "control/dispatch.h"
#include "control/doors.h"

namespace minato::control {
namespace {

using config::Config;
using config::ServiceConfig;
using observe::AccessTarget;

/// `path` is where the options stand, for the message.
std::expected<std::shared_ptr<const AccessTarget>, std::string> access_target(
    const observe::AccessLogOptions& options, observe::AccessLog& log, std::string_view path) {
  if (options.output == "off") return nullptr;
  auto format = observe::AccessFormat::compile(options.format);
  if (!format) return std::unexpected(fmt::format("{}.format: no access log format", path));
  auto output = log.output(options.output);
  if (!output)
    return std::unexpected(fmt::format("{}.output: cannot open {}: {}", path, options.output,
                                       std::strerror(output.error().os_errno)));
  return std::make_shared<const AccessTarget>(*std::move(format), *std::move(output));
}

proxy::Service service_of(const ServiceConfig& config) {
  return {.name = config.name,
          .timeouts = config.timeouts,
          .limits = config.limits,
          .pool = config.upstream_pool,
          .retries = config.retries,
          .forwarding = config.forwarding,
          .group = nullptr};
}

/// Where services that cache take requests for their hosts.
Doors doors_of(const Config& config, bool host_has_ipv6) {
  Doors doors;
  for (const ServiceConfig& service : config.services) {
    if (!service.cache.enabled) continue;
    for (const auto& url : service.hosts)
      doors.add(routing::lookup_key(url.host), listen_address(service, host_has_ipv6));
  }
  return doors;
}

/// Which of several listeners takes a request is its client's to say, by a Host with the port of
/// another: where that makes a difference the listener is part of the key. Empty: no matter.
std::string listener_in_key(const ServiceConfig& service, const net::Address& address,
                            const Doors& doors) {
  const bool is_shared = std::ranges::any_of(service.hosts, [&](const auto& url) {
    return doors.has_another(routing::lookup_key(url.host), address);
  });
  return is_shared ? address.text() : std::string{};
}

std::unique_ptr<const cache::ServiceRules> rules_of(const Config& config,
                                                    const ServiceConfig& service,
                                                    std::string_view listener) {
  if (!config.cache || !service.cache.enabled) return nullptr;
  return std::make_unique<const cache::ServiceRules>(service.cache, service.normalize.merge(),
                                                     listener);
}

PortPlan& port_of(std::vector<PortPlan>& ports, const net::Address& address, std::uint64_t seed) {
  const auto found = std::ranges::find(ports, address, &PortPlan::address);
  if (found != ports.end()) return *found;
  ports.push_back({.address = address, .router = routing::Router(seed)});
  return ports.back();
}

void add_routes(PortPlan& port, const ServiceConfig& service, routing::RouteIndex index) {
  for (const auto& url : service.hosts) {
    // What does not go together is a fault of the file, and was found when it was checked.
    [[maybe_unused]] const auto added =
        port.router.add(url.host, url.prefix, index, service.normalize.merge());
  }
}

}  // namespace

const PortPlan* Snapshot::port_at(const net::Address& address) const {
  const auto found = std::ranges::find(ports, address, &PortPlan::address);
  return found == ports.end() ? nullptr : &*found;
}

std::span<const ServicePlan* const> Snapshot::services_of(const cache::Url& url,
                                                          Arena& arena) const {
  const std::span all = arena.array<const ServicePlan*>(ports.size());
  std::size_t count = 0;
  // What clients call the port may be another one than this program listens on; keys do not have
  // the scheme's own, so that it may be any.
  const bool is_plain = url.port == cache::port_of({.scheme = url.scheme});
  const auto is_named = [&](const PortPlan& port) {
    return !is_plain && url.port == std::to_string(port.address.port());
  };
  const bool names_one = std::ranges::any_of(ports, is_named);
  for (const PortPlan& port : ports) {
    if (names_one && !is_named(port)) continue;
    const auto route = find_route(port.router, url.host, cache::path_of(url), arena);
    if (!route) continue;
    const ServicePlan* const service = &services[*route];
    const auto known = all.first(count);
    if (std::ranges::find(known, service) == known.end()) all[count++] = service;
  }
  return all.first(count);
}

bool Snapshot::takes_host(std::string_view host) const {
  return std::ranges::any_of(
      ports, [&](const PortPlan& port) { return port.router.find_host(host).has_value(); });
}

net::Address listen_address(const ServiceConfig& service, bool host_has_ipv6) {
  const std::string_view any = host_has_ipv6 ? "::" : "0.0.0.0";
  const std::string_view literal = service.listen_address.empty() ? any : service.listen_address;
  return net::Address::parse(literal, service.listen_port).value_or(net::Address{});
}

std::vector<upstream::GroupConfig> group_configs(const Config& config) {
  std::vector<upstream::GroupConfig> groups;
  for (const ServiceConfig& service : config.services)
    groups.push_back({.name = service.name,
                      .balancer = service.balancer,
                      .entries = service.upstreams,
                      .health = service.health_check});
  return groups;
}

std::expected<std::shared_ptr<Snapshot>, std::string> compile(Config config,
                                                              const Ingredients& ingredients) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->config = std::move(config);
  const Config& from = snapshot->config;
  auto access = access_target(from.access_log, ingredients.access_log, "access_log");
  if (!access) return std::unexpected(access.error());
  snapshot->access = *std::move(access);
  snapshot->trusted_proxies = net::CidrSet::of(from.trusted_proxies);
  const Doors doors = doors_of(from, ingredients.host_has_ipv6);
  for (std::size_t i = 0; i < from.services.size(); ++i) {
    const ServiceConfig& service = from.services[i];
    auto target = access_target(service.access_log, ingredients.access_log,
                                fmt::format("services[{}].access_log", i));
    if (!target) return std::unexpected(target.error());
    const auto address = listen_address(service, ingredients.host_has_ipv6);
    snapshot->services.push_back(
        {.service = service_of(service),
         .caching = rules_of(from, service, listener_in_key(service, address, doors)),
         .access = *std::move(target)});
    add_routes(port_of(snapshot->ports, address, ingredients.seed), service,
               static_cast<routing::RouteIndex>(i));
  }
  return snapshot;
}

}  // namespace minato::control
