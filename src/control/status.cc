// What the supervisor tells of itself to the admin API.
#include <unistd.h>

#include <algorithm>

#include "base/version.h"
#include "control/supervisor.h"

namespace minato::control {
namespace {

admin::EndpointStatus status_of(const upstream::Member& member) {
  const upstream::Endpoint& endpoint = *member.endpoint;
  const upstream::Health& health = member.check->health;
  const bool is_checked = member.check->options.type != upstream::HealthType::off;
  return {.address = endpoint.text,
          .upstream = http::to_string(member.entry->host),
          .state = member.check->usable() ? admin::EndpointState::up : admin::EndpointState::down,
          .reason = is_checked ? upstream::to_string(health.cause()) : "not checked",
          .since = health.since(),
          .in_flight = endpoint.in_flight(),
          .exchanges = endpoint.exchanges(),
          .failed_connects = endpoint.failed_connects(),
          .connections = endpoint.connections()};
}

/// An entry of a group that has no endpoint yet, since its name has no address.
admin::EndpointStatus unresolved(const upstream::UpstreamOptions& entry) {
  return {.address = {},
          .upstream = http::to_string(entry.host),
          .state = admin::EndpointState::unresolved,
          .reason = "the name has no address yet"};
}

std::vector<admin::EndpointStatus> endpoints_of(const upstream::Membership& membership) {
  std::vector<admin::EndpointStatus> endpoints;
  for (const auto& entry : membership.group->config().entries) {
    const auto before = endpoints.size();
    for (const upstream::Member& member : membership.members)
      if (member.entry == &entry) endpoints.push_back(status_of(member));
    if (endpoints.size() == before) endpoints.push_back(unresolved(entry));
  }
  return endpoints;
}

std::vector<admin::ServiceStatus> statuses_of(const Snapshot& snapshot,
                                              const upstream::Registry& registry) {
  std::vector<admin::ServiceStatus> services;
  for (std::size_t i = 0; i < snapshot.config.services.size(); ++i) {
    const auto& config = snapshot.config.services[i];
    services.push_back({.name = config.name,
                        .port = config.listen_port,
                        .balancer = config.balancer,
                        .endpoints = endpoints_of(*registry.groups()[i])});
  }
  return services;
}

std::vector<admin::ListenerStatus> listeners_of(const Snapshot& snapshot, bool host_has_ipv6) {
  std::vector<admin::ListenerStatus> listeners;
  for (const PortPlan& port : snapshot.ports) {
    auto& listener = listeners.emplace_back(port.address.text(), port.address.port());
    for (const auto& service : snapshot.config.services)
      if (listen_address(service, host_has_ipv6) == port.address)
        listener.services.push_back(service.name);
  }
  return listeners;
}

}  // namespace

admin::Status Supervisor::status() const {
  admin::Status status{.version = std::string(version),
                       .pid = ::getpid(),
                       .started = started_,
                       .uptime = parts_.loop.now() - began_,
                       .config_path = parts_.config_path,
                       .ready = ready(),
                       .workers = parts_.workers,
                       .reloads = reloads_};
  if (snapshot_ == nullptr) return status;
  status.listeners = listeners_of(*snapshot_, parts_.host_has_ipv6);
  status.services = statuses_of(*snapshot_, registry_);
  for (const observe::CounterRow& row : observe::counter_rows())
    status.counters[static_cast<std::size_t>(row.counter)] =
        observe::sum(parts_.counters, row.counter);
  status.counters[static_cast<std::size_t>(observe::Counter::access_log_drops)] +=
      parts_.access_log.lost_lines();
  return status;
}

std::vector<admin::UrlService> Supervisor::services_of(const cache::Url& url) const {
  std::vector<admin::UrlService> services;
  if (snapshot_ == nullptr) return services;
  BlockPool blocks;
  Arena arena(blocks);
  for (const ServicePlan* const plan : snapshot_->services_of(url, arena))
    services.push_back({.name = plan->service.name, .caching = plan->caching.get()});
  return services;
}

bool Supervisor::takes_host(std::string_view host) const {
  return snapshot_ != nullptr && snapshot_->takes_host(host);
}

}  // namespace minato::control
