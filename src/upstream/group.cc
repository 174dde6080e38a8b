#include "upstream/group.h"

namespace minato::upstream {

std::expected<Candidate, http::Reason> Group::pick(WorkerIndex worker, Tried& tried) const {
  const Candidates& from = candidates(worker);
  if (from.usable.empty()) {
    // Where some names have addresses, what is wrong is that those are down.
    const bool nothing_known = from.unresolved && from.endpoints.empty();
    return std::unexpected(nothing_known ? http::Reason::name_not_resolved
                                         : http::Reason::no_usable_endpoint);
  }
  if (tried.gives_up()) return std::unexpected(http::Reason::upstream_saturated);
  auto at = balancer_->pick(from.usable, tried);
  if (!at && tried.forget_all_but_last()) at = balancer_->pick(from.usable, tried);
  if (!at && tried.forget_last()) at = balancer_->pick(from.usable, tried);
  if (!at) return std::unexpected(http::Reason::upstream_saturated);
  return from.usable[*at];
}

}  // namespace minato::upstream
