// One worker's view of a snapshot: the handlers that serve it.
#pragma once

#include <memory>
#include <vector>

#include "connection/front.h"
#include "control/dispatch.h"
#include "control/snapshot.h"
#include "proxy/proxy.h"

namespace minato::control {

/// Kept by the fronts of its ports, and they by the exchanges that began under it; the last of
/// these lets the snapshot go. Thread: one worker's.
class Site : public LocalCounted {
 public:
  Site(std::shared_ptr<const Snapshot> snapshot, const proxy::Surroundings& surroundings);

  const Snapshot& snapshot() const { return *snapshot_; }
  std::span<proxy::Proxy> handlers() { return handlers_; }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<proxy::Proxy> handlers_;  // one a service, in the snapshot's order
};

/// What one port of a site serves.
class SiteFront final : public connection::Front {
 public:
  SiteFront(LocalRef<Site> site, const PortPlan& plan);

  http::Handler& handler() override { return dispatch_; }
  const Site& site() const { return *site_; }

 private:
  LocalRef<Site> site_;
  Dispatch dispatch_;
};

}  // namespace minato::control
