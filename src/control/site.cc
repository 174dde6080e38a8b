#include "control/site.h"

#include "cache/handler.h"
#include "cache/uncached.h"

namespace minato::control {

Site::Site(std::shared_ptr<const Snapshot> snapshot, const proxy::Surroundings& proxying,
           const cache::Surroundings& caching)
    : snapshot_(std::move(snapshot)) {
  proxies_.reserve(snapshot_->services.size());
  for (const ServicePlan& plan : snapshot_->services) {
    proxy::Proxy& proxy = proxies_.emplace_back(plan.service, proxying);
    std::unique_ptr<http::Handler> handler;
    if (plan.caching)
      handler = std::make_unique<cache::CacheHandler>(*snapshot_->cache, *plan.caching, proxy,
                                                      *this, caching);
    else
      handler = std::make_unique<cache::UncachedHandler>(proxy, caching.elsewhere);
    handlers_.push_back(handler.get());
    owned_.push_back(std::move(handler));
  }
}

SiteFront::SiteFront(LocalRef<Site> site, const PortPlan& plan)
    : site_(std::move(site)), dispatch_(plan, site_->snapshot().services, site_->handlers()) {
  const Snapshot& snapshot = site_->snapshot();
  timeouts = snapshot.config.timeouts.server;
  limits = snapshot.config.limits.server;
  trusted_proxies = &snapshot.trusted_proxies;
  request_id_field = snapshot.config.forwarding.request_id;
}

}  // namespace minato::control
