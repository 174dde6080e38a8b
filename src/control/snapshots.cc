#include "control/snapshots.h"

namespace minato::control {

using cache::Purge;
using cache::Url;

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
  std::uint64_t count = 0;
  if (const auto edition = snapshots_.edition(); edition != edition_) {
    all_ = snapshots_.all();
    edition_ = edition;
  }
  for (const auto& one : all_) {
    const auto snapshot = one.lock();
    if (!snapshot || !snapshot->cache) continue;
    cache::Store& store = snapshot->cache->store();
    const bool is_other = snapshot->cache.get() != cache;
    if (is_other) store.purge_url(url, Purge::remove);
    for (const ServicePlan* const service : snapshot->services_of(url, arena)) {
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
