// Says the same thing once in an interval, and how often it happened meanwhile. One for each kind.
// Thread: one a worker; no lock.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"

namespace minato::observe {

class Throttle {
 public:
  explicit Throttle(Millis interval) : interval_(interval) {}

  /// Counts `more`; the count to say now, or nullopt where it is not time.
  std::optional<std::uint64_t> count(Instant now, std::uint64_t more = 1) {
    unsaid_ += more;
    return take(now);
  }
  /// What was counted and not said yet, where it is time for it: for a timer set to `due`.
  std::optional<std::uint64_t> take(Instant now) {
    if (unsaid_ == 0 || now < next_) return std::nullopt;
    next_ = now + interval_;
    return std::exchange(unsaid_, 0);
  }
  /// What was counted and not said yet, where nothing more will be counted.
  std::optional<std::uint64_t> rest() {
    if (unsaid_ == 0) return std::nullopt;
    return std::exchange(unsaid_, 0);
  }
  /// When `take` has something to say; `never` where all was said.
  Instant due() const { return unsaid_ == 0 ? never : next_; }

 private:
  Millis interval_;
  Instant next_ = Instant::min();
  std::uint64_t unsaid_ = 0;
};

}  // namespace minato::observe
