#include "control/site.h"

namespace minato::control {

Site::Site(std::shared_ptr<const Snapshot> snapshot, const proxy::Surroundings& surroundings)
    : snapshot_(std::move(snapshot)) {
  handlers_.reserve(snapshot_->services.size());
  for (const ServicePlan& plan : snapshot_->services)
    handlers_.emplace_back(plan.service, surroundings);
}

SiteFront::SiteFront(LocalRef<Site> site, const PortPlan& plan)
    : site_(std::move(site)), dispatch_(plan, site_->handlers()) {
  const Snapshot& snapshot = site_->snapshot();
  timeouts = snapshot.config.timeouts.server;
  limits = snapshot.config.limits.server;
  trusted_proxies = &snapshot.trusted_proxies;
  request_id_field = snapshot.config.forwarding.request_id;
}

}  // namespace minato::control
