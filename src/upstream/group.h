// The upstreams of one service, as the workers see them.
//
// Made on the control thread, which sends each worker new candidates whenever health or addresses
// change; a worker reads its own through a plain pointer, so picking touches nothing shared but the
// balancer's and the endpoint's own cache lines.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "http/reason.h"
#include "upstream/balancer.h"
#include "upstream/candidates.h"

namespace minato::upstream {

/// What the configuration says of a service's upstreams.
struct GroupConfig {
  std::string name;  ///< of the service: unique
  std::string balancer = "round_robin";
  std::vector<UpstreamOptions> entries;
  HealthOptions health;
  friend bool operator==(const GroupConfig&, const GroupConfig&) = default;
};

/// Where an attempt goes, and its place there. The endpoint is to be kept alive: see Pools::of.
struct Picked {
  Candidate candidate;
  InFlight place;
};

/// Workers are numbered from 0.
using WorkerIndex = std::uint32_t;

/// Shared: immutable, but for each worker's view, which that worker alone reads and replaces.
class Group {
 public:
  Group(GroupConfig config, std::shared_ptr<Balancer> balancer, WorkerIndex workers)
      : config_(std::move(config)), balancer_(std::move(balancer)), views_(workers) {}

  const GroupConfig& config() const { return config_; }

  /// Where the next attempt of an exchange goes: to an endpoint that it has not tried, where there
  /// is one; otherwise to another than the last; otherwise, where it is alone, to the same again.
  /// Errors: name_not_resolved, no_usable_endpoint, upstream_saturated.
  std::expected<Picked, http::Reason> pick(WorkerIndex worker, Tried& tried) const;

  /// Replaces what `worker` picks from. On that worker's thread, or before it knows of the group.
  void install(WorkerIndex worker, std::shared_ptr<const Candidates> candidates) {
    views_[worker].candidates = std::move(candidates);
  }
  /// What it picks from; good until the next `install`.
  const Candidates& candidates(WorkerIndex worker) const { return *views_[worker].candidates; }

  /// For the successor of this group: the turn goes on where it was.
  const std::shared_ptr<Balancer>& balancer() const { return balancer_; }

 private:
  struct alignas(cache_line_bytes) View {
    std::shared_ptr<const Candidates> candidates = std::make_shared<const Candidates>();
  };
  std::optional<std::size_t> rank(std::span<const Candidate> usable, Tried& tried) const;

  const GroupConfig config_;
  const std::shared_ptr<Balancer> balancer_;
  std::vector<View> views_;
};

}  // namespace minato::upstream
