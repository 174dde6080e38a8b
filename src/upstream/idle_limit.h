// How long an endpoint leaves an idle connection open, as far as it is known: what is configured,
// what the origin announces (Keep-Alive: timeout=N), and what it was seen to do.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace minato::upstream {

/// Pure. Thread: one worker's.
class IdleLimit {
 public:
  /// What was seen is believed for this long: an origin that was restarted may have other settings,
  /// and its restart itself looks like an impatient one.
  static constexpr Seconds memory = 300s;
  /// The part of the origin's time that is used: what is in flight must arrive before the end of
  /// it.
  static constexpr int percent = 80;
  /// A close after less than this is a restart or a fault, and no setting to be learnt.
  static constexpr Nanos shortest = 1s;

  void announced(Seconds timeout) { announced_ = scaled(timeout); }
  /// The origin closed a connection that had been idle for `idle`.
  void saw_close(Nanos idle, Instant now) {
    if (idle < shortest) return;
    if (seen_until_ <= now) seen_ = Nanos::max();
    seen_ = std::min(seen_, scaled(idle));
    seen_until_ = now + memory;
  }

  /// For how long a connection may wait to be reused.
  Nanos at(Instant now, Millis configured) const {
    Nanos limit = configured;
    if (announced_) limit = std::min(limit, *announced_);
    if (now < seen_until_) limit = std::min(limit, seen_);
    return limit;
  }

 private:
  static Nanos scaled(Nanos span) { return span / 100 * percent; }

  std::optional<Nanos> announced_;
  Nanos seen_ = Nanos::max();
  Instant seen_until_{};
};

}  // namespace minato::upstream
