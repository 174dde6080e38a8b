// Who is to be watched in a while, if he is still there.
#pragma once

#include <array>
#include <vector>

#include "base/time.h"
#include "runtime/loop.h"
#include "runtime/watcher.h"

namespace minato::runtime {

/// Thread: the loop's.
/// Cost:   constant for each that comes or goes; one timer, however many there are.
class LateWatchers {
 public:
  /// Each is told after one to two of these.
  static constexpr Millis period = 10ms;

  explicit LateWatchers(Loop& loop) : loop_(loop), due_(loop.timers(), *this) {}

  /// Not from within `watch_now`.
  void add(LateWatcher& watcher);
  /// One that was added, and not told since.
  void remove(LateWatcher& watcher) noexcept;

 private:
  void period_is_over();

  Loop& loop_;
  // Those of this period and of the last; gaps where one has gone. A place is an index, and which
  // of both in its lowest bit.
  std::array<std::vector<LateWatcher*>, 2> lists_;
  std::uint32_t current_ = 0;
  TimerOf<LateWatchers, &LateWatchers::period_is_over> due_;
};

}  // namespace minato::runtime
