#include "config/summary.h"

#include <fmt/format.h>

#include <map>

#include "net/address.h"
#include "schema/scalar.h"

namespace minato::config {
namespace {

constexpr std::size_t shown_max = 10;

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// A line for each of the first items, and one for how many there are beside them.
template <class Items, class ToLine>
void append(std::string& out, std::string_view indent, const Items& items, ToLine to_line) {
  std::size_t shown = 0;
  for (const auto& item : items) {
    if (shown++ == shown_max) {
      out += fmt::format("{}and {} more\n", indent, items.size() - shown_max);
      return;
    }
    out += fmt::format("{}{}\n", indent, to_line(item));
  }
}

std::string describe(const upstream::UpstreamOptions& upstream,
                     const upstream::HealthOptions& health) {
  std::string out = "to " + to_string(upstream.host);
  switch (health.type) {
    case upstream::HealthType::http: return out + fmt::format(", health {}", upstream.health_uri);
    case upstream::HealthType::tcp: return out + ", health by connecting";
    case upstream::HealthType::off: return out;
  }
  return out;
}

std::string describe(const ServiceConfig& service) {
  std::string out = fmt::format("{}: {}, {}\n", service.name, service.balancer,
                                counted(service.upstreams.size(), "upstream"));
  append(out, "    ", service.hosts, [](const http::RouteUrl& url) { return to_string(url); });
  append(out, "      ", service.upstreams,
         [&](const auto& upstream) { return describe(upstream, service.health_check); });
  out.pop_back();
  return out;
}

std::string describe(const cache::CacheOptions& cache, std::span<const ServiceConfig> services) {
  const bool any = std::ranges::any_of(
      services, [](const ServiceConfig& service) { return service.cache.enabled; });
  return fmt::format("cache: {}, {} entries, {} of memory at most{}",
                     schema::show_value(cache.type, {}), cache.capacity,
                     schema::show_value(cache.max_memory, {}), any ? "" : "; off in each service");
}

}  // namespace

std::string listener_name(const ServiceConfig& service) {
  const auto address = net::Address::parse(service.listen_address, service.listen_port);
  return address ? address->text() : fmt::format("*:{}", service.listen_port);
}

std::string summary(const Config& config) {
  std::map<std::pair<std::uint16_t, std::string>, std::vector<const ServiceConfig*>> listeners;
  for (const ServiceConfig& service : config.services)
    listeners[{service.listen_port, listener_name(service)}].push_back(&service);
  std::string out = fmt::format("{}, {}\n", counted(listeners.size(), "listener"),
                                counted(config.services.size(), "service"));
  for (const auto& [listener, services] : listeners) {
    out += fmt::format("\n{}\n", listener.second);
    append(out, "  ", services, [](const ServiceConfig* service) { return describe(*service); });
  }
  if (config.cache) out += fmt::format("\n{}\n", describe(*config.cache, config.services));
  return out;
}

}  // namespace minato::config
