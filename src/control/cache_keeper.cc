#include "control/cache_keeper.h"

#include <utility>

#include "control/key_changes.h"

namespace minato::control {
namespace {

/// Between two steps of the work on bans.
constexpr Millis between_steps = 2ms;
/// At a cache that was replaced and has nothing left to give back.
constexpr Seconds between_looks{1};

/// A step, `begun` where others have gone before it. False where nothing is left to do for now.
bool empty_some(cache::Store& store, bool begun) {
  if (!begun && store.stats().entries > 0) store.purge_all(cache::Purge::remove);
  return store.carry_out_bans() || store.give_up_some();
}

}  // namespace

CacheKeeper::CacheKeeper(runtime::Loop& loop, std::uint32_t workers,
                         std::span<const observe::Counters> counters)
    : loop_(loop), workers_(workers), counters_(counters), running_(loop) {}

void CacheKeeper::hand_over(const Snapshot* before, Snapshot& next) {
  next.cache = cache_for(before, next.config);
  const bool goes_on = next.cache != nullptr && next.cache == cache_;
  if (!goes_on) old_ = cache_;
  cache_ = next.cache;
  if (goes_on) ban_keys_between(*before, next);
}

void CacheKeeper::empty_old() { running_.start(empty(std::exchange(old_, {}))); }

/// As long as anybody keeps it: who began before may store something still, or read what goes.
Task<void> CacheKeeper::empty(std::weak_ptr<cache::Cache> old) {
  for (bool more = false;;) {
    if (const auto cache = old.lock())
      more = empty_some(cache->store(), more);
    else
      co_return;
    const Nanos rest = more ? Nanos(between_steps) : Nanos(between_looks);
    co_await runtime::pause(loop_, rest);
  }
}

std::shared_ptr<cache::Cache> CacheKeeper::cache_for(const Snapshot* before,
                                                     const config::Config& next) {
  if (!next.cache) return nullptr;
  const bool keeps =
      cache_ != nullptr && cache::why_emptied(*before->config.cache, *next.cache).empty();
  if (keeps) return cache_;
  uses_before_ = counted_uses();
  return std::make_shared<cache::Cache>(*next.cache, workers_ + 1, loop_.random()());
}

/// What other URLs have under the same rules goes, too.
void CacheKeeper::ban_keys_between(const Snapshot& before, const Snapshot& next) {
  const auto stamps = changed_stamps(before, next);
  for (const std::string& stamp : stamps)
    cache_->store().ban({.what = cache::Ban::What::keys, .stamp = stamp});
  if (!stamps.empty()) carry_out_bans();
}

void CacheKeeper::carry_out_bans() {
  if (cache_ == nullptr || under_way_.lock() == cache_) return;
  under_way_ = cache_;
  running_.start(carry_out_bans_of(cache_));
}

/// A step a turn: whoever banned something may have taken one.
Task<void> CacheKeeper::carry_out_bans_of(std::shared_ptr<cache::Cache> cache) {
  for (bool pending = true; pending;) {
    co_await runtime::pause(loop_, between_steps);
    pending = cache == cache_ && cache->store().carry_out_bans();
  }
  if (under_way_.lock() == cache) under_way_.reset();
}

CacheKeeper::Uses CacheKeeper::counted_uses() const {
  return {.hits = observe::sum(counters_, observe::Counter::cache_hits),
          .misses = observe::sum(counters_, observe::Counter::cache_misses)};
}

CacheKeeper::Uses CacheKeeper::uses() const {
  const Uses all = counted_uses();
  return {.hits = all.hits - uses_before_.hits, .misses = all.misses - uses_before_.misses};
}

}  // namespace minato::control
