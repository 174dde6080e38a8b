#include "config/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "net/address.h"
#include "routing/router.h"

namespace minato::config {
namespace {

using schema::in_quotes;
using schema::Problems;

std::string service_path(std::size_t service) { return fmt::format("services[{}]", service); }

/// `services[0].name (line 12)`.
std::string place(const Problems& problems, const std::string& path) {
  return fmt::format("{} (line {})", path, problems.mark_of(path).line);
}

void check_names(const Config& config, Problems& problems) {
  std::map<std::string_view, std::size_t> holders;
  for (std::size_t i = 0; i < config.services.size(); ++i) {
    const std::string& name = config.services[i].name;
    if (name.empty()) continue;
    const auto [holder, added] = holders.try_emplace(name, i);
    if (added) continue;
    const std::string taken_by = place(problems, service_path(holder->second) + ".name");
    problems.error(service_path(i) + ".name",
                   {fmt::format("the name {} is taken by {}", in_quotes(name), taken_by),
                    "allowed: a name that no other service has",
                    {}});
  }
}

/// Where a service listens; nullopt where what the file says of it was rejected.
std::optional<net::Address> address_of(const Config& config, std::size_t service,
                                       const Problems& problems) {
  const ServiceConfig& stated = config.services[service];
  if (stated.listen_port == 0) return std::nullopt;
  if (problems.has_error_at(service_path(service) + ".listen_address")) return std::nullopt;
  const std::string_view all = "::";
  return net::Address::parse(stated.listen_address.empty() ? all : stated.listen_address,
                             stated.listen_port);
}

/// Services on one address are told apart by what is asked for, and share its sockets.
void check_addresses(const Config& config, Problems& problems) {
  std::map<std::uint16_t, std::vector<std::pair<net::Address, std::size_t>>> holders;
  for (std::size_t i = 0; i < config.services.size(); ++i) {
    const auto address = address_of(config, i, problems);
    if (!address) continue;
    auto& known = holders[address->port()];
    if (std::ranges::any_of(known, [&](const auto& other) { return other.first == *address; }))
      continue;
    const auto holder = std::ranges::find_if(
        known, [&](const auto& other) { return net::overlap(other.first, *address); });
    if (holder == known.end()) {
      known.emplace_back(*address, i);
      continue;
    }
    const ServiceConfig& first = config.services[holder->second];
    problems.error(
        service_path(i) + ".listen_address",
        {fmt::format(
             "{} where {} has {} for the same port", in_quotes(config.services[i].listen_address),
             place(problems, service_path(holder->second)), in_quotes(first.listen_address)),
         "allowed: on one port all addresses, the same for each service, or single ones",
         {}});
  }
}

/// A pair of a host and a prefix, by where it stands.
struct Claim {
  std::size_t service;
  std::size_t host;
  std::string path() const { return fmt::format("services[{}].hosts[{}]", service, host); }
};

/// Finds what is claimed twice, by building the routers that would serve.
class ClaimCheck {
 public:
  explicit ClaimCheck(Problems& problems) : problems_(problems) {}

  void add(const ServiceConfig& service, const net::Address& address, Claim claim) {
    const http::RouteUrl& url = service.hosts[claim.host];
    auto& port = ports_.try_emplace(address).first->second;
    const auto route = static_cast<routing::RouteIndex>(port.claims.size());
    port.claims.push_back(claim);
    const auto added = port.router.add(url.host, url.prefix, route, service.normalize.merge());
    if (!added) report(service, claim, port, added.error());
  }

 private:
  struct Port {
    routing::Router router{0};
    std::vector<Claim> claims;
  };

  void report(const ServiceConfig& service, Claim claim, const Port& port,
              routing::Router::Refusal refusal) {
    using Why = routing::Router::Refusal::Why;
    const std::string url = in_quotes(to_string(service.hosts[claim.host]));
    switch (refusal.why) {
      case Why::duplicate: {
        const std::string holder = place(problems_, port.claims[refusal.holder].path());
        return problems_.error(claim.path(), {fmt::format("{} on port {} is taken by {}", url,
                                                          service.listen_port, holder),
                                              "allowed: each host and prefix once on a port",
                                              {}});
      }
      case Why::other_slashes:
        return problems_.error(
            claim.path(),
            {fmt::format("the host of {} has another merge_slashes in {}", url,
                         place(problems_, port.claims[refusal.holder].path())),
             "allowed: the same normalize.merge_slashes in all services of a host on a port",
             {}});
      case Why::bad_host:
        return problems_.error(claim.path(),
                               {url + " names no host", "allowed: http://domain[/prefix]", {}});
      case Why::bad_prefix:
        return problems_.error(claim.path(), {url + " has a prefix that no path can have",
                                              "allowed: a prefix that stays below the root",
                                              {}});
    }
  }

  Problems& problems_;
  std::unordered_map<net::Address, Port> ports_;
};

/// Where repeated slashes of a path are merged, a prefix that has some takes nothing.
void check_slashes(const ServiceConfig& service, Claim claim, Problems& problems) {
  http::RouteUrl url = service.hosts[claim.host];
  if (!service.normalize.merge_slashes || !url.prefix.contains("//")) return;
  const auto repeated = [](char a, char b) { return a == '/' && b == '/'; };
  const auto rest = std::ranges::unique(url.prefix, repeated);
  url.prefix.erase(rest.begin(), rest.end());
  problems.error(claim.path(),
                 {"repeated slashes, which are one in the paths of requests",
                  "allowed: single slashes, or normalize: {merge_slashes: false}", to_string(url)});
}

void check_port_of_host(const ServiceConfig& service, Claim claim, Problems& problems) {
  const http::RouteUrl& url = service.hosts[claim.host];
  if (url.port == 0 || url.port == service.listen_port) return;
  problems.warning(claim.path(), {fmt::format("port {} has no effect", url.port),
                                  fmt::format("listen_port {} decides", service.listen_port),
                                  {}});
}

void check_hosts(const Config& config, Problems& problems) {
  ClaimCheck claims(problems);
  for (std::size_t i = 0; i < config.services.size(); ++i) {
    const ServiceConfig& service = config.services[i];
    const auto address = address_of(config, i, problems);
    for (std::size_t j = 0; j < service.hosts.size(); ++j) {
      if (service.hosts[j].host.empty()) continue;
      if (address) claims.add(service, *address, {i, j});
      check_slashes(service, {i, j}, problems);
      if (service.listen_port != 0) check_port_of_host(service, {i, j}, problems);
    }
  }
}

void check_admin(const Config& config, Problems& problems) {
  if (!config.admin) return;
  const auto address = net::Address::parse_with_port(config.admin->listen, 0);
  if (!address) return;
  if (!address->is_loopback() && config.admin->token_file.empty())
    problems.error(
        "admin.token_file",
        {fmt::format("missing, and {} is not a loopback address", in_quotes(address->host_text())),
         "needed: the file with a token, or a loopback address such as 127.0.0.1",
         {}});
  for (std::size_t i = 0; i < config.services.size(); ++i) {
    const auto taken = address_of(config, i, problems);
    if (!taken || !net::overlap(*taken, *address)) continue;
    return problems.error("admin.listen", {fmt::format("port {} is taken by {}", address->port(),
                                                       place(problems, service_path(i))),
                                           "allowed: a port that no service has",
                                           {}});
  }
}

void check_dns(const Config& config, Problems& problems) {
  const auto& [servers, min_ttl, max_ttl] = config.dns;
  if (min_ttl <= max_ttl) return;
  const std::string path = problems.is_stated("dns.min_ttl") ? "dns.min_ttl" : "dns.max_ttl";
  const auto shown = schema::Kind<Millis>::show;
  problems.error(
      path, {fmt::format("min_ttl {} is greater than max_ttl {}", shown(min_ttl), shown(max_ttl)),
             "allowed: at most as much",
             {}});
}

/// A target is part of its head: of the defaults, the smaller limit counts.
void check_limits(const Config& config, Problems& problems) {
  const auto& limits = config.limits.server;
  constexpr std::string_view path = "limits.request_target";
  if (!problems.is_stated(path) || limits.request_target <= limits.request_header_size) return;
  const auto shown = schema::Kind<Bytes>::show;
  problems.error(
      path, {fmt::format("{} is greater than request_header_size {}", shown(limits.request_target),
                         shown(limits.request_header_size)),
             "allowed: at most as much",
             {}});
}

}  // namespace

void check(const Config& config, Problems& problems) {
  check_names(config, problems);
  check_addresses(config, problems);
  check_hosts(config, problems);
  check_admin(config, problems);
  check_dns(config, problems);
  check_limits(config, problems);
  check_cache(config, problems);
}

}  // namespace minato::config
