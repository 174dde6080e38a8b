// The cache of the configuration in force: whether a reload goes on with it, and what of it is
// still to go.
#pragma once

#include <memory>
#include <span>

#include "admin/program.h"
#include "control/snapshot.h"
#include "observe/counters.h"
#include "runtime/loop.h"
#include "runtime/scope.h"

namespace minato::control {

/// Thread:  its loop's.
/// Outlive: the counters.
class CacheKeeper {
 public:
  using Uses = admin::Program::CacheUses;

  CacheKeeper(runtime::Loop& loop, std::uint32_t workers,
              std::span<const observe::Counters> counters);

  /// Gives `next` its cache, before anything is served by it: a fresh one, as the original
  /// promises, unless the file wants to go on with that of `before`, which is null at the start.
  void hand_over(const Snapshot* before, Snapshot& next);
  /// Once every worker serves by what was handed over: what the cache before it holds goes, however
  /// long an exchange keeps that cache.
  void empty_old();
  /// Null where the configuration has none.
  const std::shared_ptr<cache::Cache>& cache() const { return cache_; }
  /// Since that cache began.
  Uses uses() const;
  /// What a ban concerns goes from now on, without anybody asking for it.
  void carry_out_bans();

 private:
  std::shared_ptr<cache::Cache> cache_for(const Snapshot* before, const config::Config& next);
  void ban_keys_between(const Snapshot& before, const Snapshot& next);
  Task<void> carry_out_bans_of(std::shared_ptr<cache::Cache> cache);
  Task<void> empty(std::weak_ptr<cache::Cache> old);
  Uses counted_uses() const;

  runtime::Loop& loop_;
  std::uint32_t workers_;
  std::span<const observe::Counters> counters_;
  std::shared_ptr<cache::Cache> cache_;
  std::weak_ptr<cache::Cache> old_;        // what the last reload replaced
  Uses uses_before_;                       // of the caches before this one
  std::weak_ptr<cache::Cache> under_way_;  // whose bans are being carried out
  runtime::Scope running_;                 // last, so that it goes first
};

}  // namespace minato::control
