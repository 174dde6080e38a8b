#include "control/key_changes.h"

#include <algorithm>
#include <compare>
#include <iterator>
#include <vector>

namespace minato::control {
namespace {

/// What requests a service takes, and the stamp of what it stores; empty: none.
struct StampedRoute {
  std::string_view address;
  std::uint16_t port;
  std::string host;  // as routing looks it up, a star before a wildcard's
  std::string_view prefix;
  bool merges_slashes;
  std::string_view stamp;
  friend auto operator<=>(const StampedRoute&, const StampedRoute&) = default;
};
using Routes = std::vector<StampedRoute>;

/// In order.
Routes routes_of(const Snapshot& snapshot) {
  Routes routes;
  for (std::size_t i = 0; i < snapshot.services.size(); ++i) {
    const config::ServiceConfig& service = snapshot.config.services[i];
    const auto* const caching = snapshot.services[i].caching.get();
    const auto stamp = caching == nullptr ? std::string_view{} : caching->key().stamp();
    for (const auto& url : service.hosts)
      routes.push_back({service.listen_address, service.listen_port, routing::lookup_key(url.host),
                        url.prefix, service.normalize.merge_slashes, stamp});
  }
  std::ranges::sort(routes);
  return routes;
}

/// `host` is below the wildcard, or as wide, or narrower.
bool is_within(std::string_view host, std::string_view wildcard) {
  return wildcard.starts_with('*') && host.ends_with(wildcard.substr(1));
}

/// Some URL may be of either, where the other is not. A host decides alone, whatever paths less
/// specific ones have; the port that clients call may be any.
bool overlaps(const StampedRoute& a, const StampedRoute& b) {
  if (a.host == b.host) return a.prefix.starts_with(b.prefix) || b.prefix.starts_with(a.prefix);
  return is_within(a.host, b.host) || is_within(b.host, a.host);
}

}  // namespace

Stamps changed_stamps(const Snapshot& before, const Snapshot& after) {
  const Routes old = routes_of(before), fresh = routes_of(after);
  Routes changed;
  std::ranges::set_symmetric_difference(old, fresh, std::back_inserter(changed));
  Stamps stamps;
  for (const Routes* const routes : {&old, &fresh})
    for (const StampedRoute& route : *routes)
      if (!route.stamp.empty() && !stamps.contains(route.stamp) &&
          std::ranges::any_of(changed, [&](const auto& one) { return overlaps(one, route); }))
        stamps.emplace(route.stamp);
  return stamps;
}

}  // namespace minato::control
