#include "observe/time_text.h"

#include <gtest/gtest.h>

namespace minato::observe {
namespace {

using namespace std::chrono;

constexpr WallTime moment = sys_days{2025y / November / 22} + 15h + 1min + 33s + 123'456'789ns;

template <int Minutes>
Seconds zone(sys_seconds) {
  return minutes(Minutes);
}

TEST(TimeText, WritesTheCommonLogFormatInTheZoneOfTheHost) {
  EXPECT_EQ(TimeText(zone<0>).common(moment), "22/Nov/2025:15:01:33 +0000");
  EXPECT_EQ(TimeText(zone<60>).common(moment), "22/Nov/2025:16:01:33 +0100");
  EXPECT_EQ(TimeText(zone<-210>).common(moment), "22/Nov/2025:11:31:33 -0330");
  EXPECT_EQ(TimeText(zone<13 * 60 + 45>).common(moment), "23/Nov/2025:04:46:33 +1345");
}

TEST(TimeText, WritesRfc3339InUtcWhateverTheZone) {
  EXPECT_EQ(TimeText(zone<60>).rfc3339(moment), "2025-11-22T15:01:33.123Z");
}

TEST(TimeText, FollowsTheMillisecondsWithinASecond) {
  TimeText text(zone<0>);
  EXPECT_EQ(text.rfc3339(moment), "2025-11-22T15:01:33.123Z");
  EXPECT_EQ(text.rfc3339(moment + 877ms), "2025-11-22T15:01:34.000Z");
  EXPECT_EQ(text.rfc3339(moment - 123ms), "2025-11-22T15:01:33.000Z");
  EXPECT_EQ(text.common(moment - 24h * 22), "31/Oct/2025:15:01:33 +0000");
}

int asked = 0;
Seconds counted(sys_seconds at) {
  ++asked;
  return at < floor<minutes>(moment) + 14min ? 2h : 1h;  // at 15:15 the clocks go back
}

TEST(TimeText, AsksForTheZoneOnceInAQuarterOfAnHour) {
  asked = 0;
  TimeText text(counted);
  for (int i = 0; i < 100; ++i) text.common(moment + i * 1s);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(text.common(sys_days{2025y / November / 22} + 15h + 14min + 59s),
            "22/Nov/2025:17:14:59 +0200");
  EXPECT_EQ(text.common(sys_days{2025y / November / 22} + 15h + 15min),
            "22/Nov/2025:16:15:00 +0100");
}

TEST(TimeText, TakesTheZoneOfTheHostFromTheHost) {
  setenv("TZ", "XYZ-05:30", 1);
  tzset();
  EXPECT_EQ(local_offset(floor<seconds>(moment)), 5h + 30min);
  unsetenv("TZ");
  tzset();
}

}  // namespace
}  // namespace minato::observe
