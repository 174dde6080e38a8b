// Moments as log lines write them.
//
// Thread: one a worker; it keeps the text of the second it wrote last, so that a busy second is
// worked out once.
#pragma once

#include <array>
#include <string_view>

#include "base/time.h"

namespace minato::observe {

/// How far the host's civil time is ahead of UTC at `at`.
Seconds local_offset(std::chrono::sys_seconds at);

class TimeText {
 public:
  using OffsetOf = Seconds (*)(std::chrono::sys_seconds);
  explicit TimeText(OffsetOf offset_of = local_offset) : offset_of_(offset_of) {}

  /// As the common log format has it, in the host's zone: `22/Nov/2025:15:01:33 +0000`.
  std::string_view common(WallTime time);
  /// RFC 3339, UTC: `2025-11-22T15:01:33.123Z`.
  std::string_view rfc3339(WallTime time);

 private:
  using Second = std::chrono::sys_seconds;
  static constexpr Second nothing_yet = Second::min();

  void refresh(Second second);
  Seconds offset_at(Second second);

  OffsetOf offset_of_;
  Second second_ = nothing_yet;   ///< whose text stands below
  Second quarter_ = nothing_yet;  ///< whose offset is known
  Seconds offset_{0};
  std::array<char, 26> common_{};
  std::array<char, 24> rfc3339_{};
};

}  // namespace minato::observe
