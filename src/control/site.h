// One worker's view of a snapshot: the handlers that serve it.
#pragma once

#include <memory>
#include <vector>

#include "cache/handler.h"
#include "connection/front.h"
#include "control/dispatch.h"
#include "control/snapshot.h"
#include "proxy/proxy.h"

namespace minato::control {

/// Kept by the fronts of its ports, and they by the exchanges that began under it; the last of
/// these lets the snapshot go. Thread: one worker's.
class Site : public LocalOwner {
 public:
  Site(std::shared_ptr<const Snapshot> snapshot, const proxy::Surroundings& proxying,
       const cache::Surroundings& caching);

  const Snapshot& snapshot() const { return *snapshot_; }
  /// One a service, in the snapshot's order.
  std::span<http::Handler* const> handlers() const { return handlers_; }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<proxy::Proxy> proxies_;                  // one a service, in the snapshot's order
  std::vector<std::unique_ptr<http::Handler>> owned_;  // the same, each in front of its proxy
  std::vector<http::Handler*> handlers_;               // those
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
