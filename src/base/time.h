// The clocks and spans of time that the whole program speaks in. Nothing here reads a clock:
// `now` is always an argument, so that a test can choose it.
#pragma once

#include <chrono>

namespace minato {

using namespace std::chrono_literals;

using Nanos = std::chrono::nanoseconds;
using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

/// A moment of the monotonic clock: for deadlines and for measuring.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Nanos>;
/// A moment of the civil clock: for Date fields and logs.
using WallTime = std::chrono::sys_time<Nanos>;

/// The deadline that never comes.
inline constexpr Instant never = Instant::max();

/// `now + span`, and `never` where the span is zero: the settings' word for "no limit".
constexpr Instant deadline_after(Instant now, Millis span) {
  return span == Millis::zero() ? never : now + span;
}

}  // namespace minato
