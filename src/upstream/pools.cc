#include "upstream/pools.h"

namespace minato::upstream {

LocalRef<Pool> Pools::of(Endpoint& endpoint) {
  if (const auto found = pools_.find(endpoint.id); found != pools_.end()) return found->second;
  return pools_
      .emplace(endpoint.id, make_local<Pool>(loop_, network_, news_, endpoint.shared_from_this()))
      .first->second;
}

bool Pools::close_idle() {
  bool any = false;
  for (const auto& [id, pool] : pools_) any |= pool->close_idle();
  return any;
}

void Pools::forget_unnamed() {
  std::erase_if(pools_, [](const auto& entry) { return entry.second->unused(); });
}

}  // namespace minato::upstream
