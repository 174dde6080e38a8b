// The snapshots that serve: the newest, and, while a reload takes the workers over or an exchange
// of before is under way, older ones.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "cache/elsewhere.h"
#include "control/snapshot.h"

namespace minato::control {

/// Shared. Keeps none of them.
class Snapshots final : public cache::Elsewhere {
 public:
  /// Before a worker serves by it.
  void add(const std::shared_ptr<const Snapshot>& snapshot);
  void purge(const cache::Url& url, const cache::Cache& cache, const cache::ServiceRules& rules,
             Arena& arena) override;

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<const Snapshot>> all_;
};

}  // namespace minato::control
