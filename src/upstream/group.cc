#include "upstream/group.h"

namespace minato::upstream {

namespace {

/// How often what was picked may have become full before it was claimed.
constexpr int claims_max = 16;

}  // namespace

std::expected<Picked, http::Reason> Group::pick(WorkerIndex worker, Tried& tried) const {
  const Candidates& from = candidates(worker);
  if (from.usable.empty()) {
    // Where some names have addresses, what is wrong is that those are down.
    const bool nothing_known = from.unresolved && from.endpoints.empty();
    return std::unexpected(nothing_known ? http::Reason::name_not_resolved
                                         : http::Reason::no_usable_endpoint);
  }
  for (int claims = 0; claims < claims_max; ++claims) {
    const auto at = rank(from.usable, tried);
    if (!at) break;
    const Candidate& candidate = from.usable[*at];
    if (auto claim = InFlight::claim(*candidate.endpoint, candidate.entry->max_connections))
      return Picked{candidate, *std::move(claim)};
  }
  return std::unexpected(http::Reason::upstream_saturated);
}

std::optional<std::size_t> Group::rank(std::span<const Candidate> usable, Tried& tried) const {
  auto at = balancer_->pick(usable, tried);
  if (!at && tried.forget_all_but_last()) at = balancer_->pick(usable, tried);
  if (!at && tried.forget_last()) at = balancer_->pick(usable, tried);
  return at;
}

}  // namespace minato::upstream
