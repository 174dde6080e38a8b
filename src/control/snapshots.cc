#include "control/snapshots.h"

#include <algorithm>

namespace minato::control {

using cache::Purge;
using cache::Url;

namespace {

/// Any of what `services` take: they themselves, or those before them, of whom it was kept.
bool may_have_stored(const Snapshot& snapshot, std::span<const ServicePlan* const> services) {
  return snapshot.config.cache->keep_on_reload ||
         std::ranges::any_of(services,
                             [](const auto* service) { return service->caching != nullptr; });
}

}  // namespace

void Snapshots::add(const std::shared_ptr<const Snapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  std::erase_if(all_, [](const auto& one) { return one.expired(); });
  all_.push_back(snapshot);
  edition_.fetch_add(1, std::memory_order_release);
}

Snapshots::List Snapshots::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

std::uint64_t SnapshotsView::purge(const Url& url, const cache::Cache* cache,
                                   const cache::ServiceRules* rules, Arena& arena) {
  if (const auto edition = snapshots_.edition(); edition != edition_) {
    all_ = snapshots_.all();
    edition_ = edition;
  }
  std::uint64_t count = 0;
  Url anywhere = url;
  anywhere.port = {};  // a port outside may be mapped to any of ours
  for (const auto& one : all_) {
    const auto snapshot = one.lock();
    if (!snapshot || !snapshot->cache) continue;
    cache::Store& store = snapshot->cache->store();
    const bool is_other = snapshot->cache.get() != cache;
    const auto services = snapshot->services_of(anywhere, arena);
    if (is_other && may_have_stored(*snapshot, services)) store.purge_url(url, Purge::remove);
    for (const ServicePlan* const service : services) {
      const cache::ServiceRules* const other = service->caching.get();
      if (other == nullptr || other == rules) continue;
      const Url keyed = other->as_keyed(url, arena);
      if (keyed == url) continue;
      store.purge_url(keyed, Purge::remove);
      if (!is_other) ++count;
    }
  }
  return count;
}

}  // namespace minato::control
