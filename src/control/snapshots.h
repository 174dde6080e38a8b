// The snapshots that serve: the newest, and, while a reload takes the workers over or an exchange
// of before is under way, older ones.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "cache/elsewhere.h"
#include "control/snapshot.h"

namespace minato::control {

/// Shared. Keeps none of them.
class Snapshots {
 public:
  using List = std::vector<std::weak_ptr<const Snapshot>>;

  /// Before a worker serves by it.
  void add(const std::shared_ptr<const Snapshot>& snapshot);
  /// Changes with each that is added.
  std::uint64_t edition() const { return edition_.load(std::memory_order_acquire); }
  List all() const;

 private:
  mutable std::mutex mutex_;
  List all_;
  std::atomic<std::uint64_t> edition_{0};
};

/// What one worker purges of all of them. It has a list of its own, so that no worker waits for
/// another. What is added while it purges has stored nothing yet that is out of date.
///
/// Thread:  its worker's.
/// Outlive: the snapshots' list.
class SnapshotsView final : public cache::Elsewhere {
 public:
  explicit SnapshotsView(const Snapshots& snapshots) : snapshots_(snapshots) {}
  std::uint64_t purge(const cache::Url& url, const cache::Cache* cache,
                      const cache::ServiceRules* rules, Arena& arena) override;

 private:
  const Snapshots& snapshots_;
  std::uint64_t edition_ = 0;
  Snapshots::List all_;
};

}  // namespace minato::control
