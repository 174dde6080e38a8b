#include "control/snapshots.h"

#include <algorithm>

namespace minato::control {

using cache::Purge;
using cache::Url;

namespace {

using Rules = std::span<const cache::ServiceRules*>;

/// Of those with a cache; in the arena.
Rules rules_of(std::span<const ServicePlan* const> services, Arena& arena) {
  const Rules rules = arena.room<const cache::ServiceRules*>(services.size());
  std::size_t count = 0;
  for (const ServicePlan* const service : services)
    if (service->caching) rules[count++] = service->caching.get();
  return rules.first(count);
}

Rules without(Rules rules, const cache::ServiceRules* one) {
  return {rules.begin(), std::ranges::remove(rules, one).begin()};
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
  const Url anywhere = on_every_port(url);  // a port outside may be mapped to any of ours
  for (const auto& one : all_) {
    const auto snapshot = one.lock();
    if (!snapshot || !snapshot->cache) continue;
    cache::Store& store = snapshot->cache->store();
    const bool is_other = snapshot->cache.get() != cache;
    const Rules all = rules_of(snapshot->services_of(anywhere, arena), arena);
    // Of what those take: they themselves stored it, or those before them, of whom it was kept.
    const bool may_have_stored = snapshot->config.cache->keep_on_reload || !all.empty();
    auto forms = cache::forms_of(url, without(all, rules), arena);
    if (!is_other || !may_have_stored) forms = forms.subspan(1);
    for (const Url& form : forms) store.purge_url(form, Purge::remove);
    if (!is_other) count += forms.size();
  }
  return count;
}

}  // namespace minato::control
