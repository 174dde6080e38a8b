#include "runtime/late_watchers.h"

namespace minato::runtime {

void LateWatchers::add(LateWatcher& watcher) {
  auto& list = lists_[current_];
  watcher.place_ = static_cast<std::uint32_t>(list.size()) << 1 | current_;
  list.push_back(&watcher);
  if (!due_.armed()) due_.arm(loop_.now() + period);
}

void LateWatchers::remove(LateWatcher& watcher) noexcept {
  lists_[watcher.place_ & 1][watcher.place_ >> 1] = nullptr;
}

void LateWatchers::period_is_over() {
  current_ ^= 1;
  auto& oldest = lists_[current_];
  for (std::size_t i = 0; i < oldest.size(); ++i)
    if (LateWatcher* const watcher = oldest[i]) watcher->watch_now();
  oldest.clear();
  if (!lists_[current_ ^ 1].empty()) due_.arm(loop_.now() + period);
}

}  // namespace minato::runtime
