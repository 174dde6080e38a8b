#include "upstream/idle_limit.h"

#include <gtest/gtest.h>

namespace minato::upstream {
namespace {

constexpr Instant start{1h};
constexpr Millis configured = 60s;

TEST(IdleLimit, IsTheConfiguredTimeWhereNothingIsKnown) {
  EXPECT_EQ(IdleLimit().at(start, configured), 60s);
}

TEST(IdleLimit, RetiresBeforeTheTimeThatTheOriginAnnounced) {
  IdleLimit limit;
  limit.announced(10s);
  EXPECT_EQ(limit.at(start, configured), 8s);
  limit.announced(1s);
  EXPECT_EQ(limit.at(start, configured), 800ms);
  limit.announced(0s);
  EXPECT_EQ(limit.at(start, configured), 0s);
}

TEST(IdleLimit, TheLastAnnouncementHolds) {
  IdleLimit limit;
  limit.announced(5s);
  limit.announced(20s);
  EXPECT_EQ(limit.at(start, configured), 16s);
}

TEST(IdleLimit, NeverExceedsTheConfiguredTime) {
  IdleLimit limit;
  limit.announced(Seconds(1'000));
  limit.saw_close(500s, start);
  EXPECT_EQ(limit.at(start, configured), 60s);
}

TEST(IdleLimit, LearnsTheShortestCloseThatItSaw) {
  IdleLimit limit;
  limit.saw_close(20s, start);
  EXPECT_EQ(limit.at(start, configured), 16s);
  limit.saw_close(5s, start);
  EXPECT_EQ(limit.at(start, configured), 4s);
  limit.saw_close(20s, start);
  EXPECT_EQ(limit.at(start, configured), 4s);
}

TEST(IdleLimit, ForgetsWhatItSawAfterAWhile) {
  IdleLimit limit;
  limit.saw_close(5s, start);
  EXPECT_EQ(limit.at(start + IdleLimit::memory - 1ns, configured), 4s);
  EXPECT_EQ(limit.at(start + IdleLimit::memory, configured), 60s);
  limit.saw_close(20s, start + IdleLimit::memory);
  EXPECT_EQ(limit.at(start + IdleLimit::memory, configured), 16s);
}

TEST(IdleLimit, ACloseWithinASecondIsNoHabit) {
  IdleLimit limit;
  limit.saw_close(999ms, start);
  EXPECT_EQ(limit.at(start, configured), 60s);
  limit.saw_close(1s, start);
  EXPECT_EQ(limit.at(start, configured), 800ms);
}

TEST(IdleLimit, TheShorterOfWhatWasSaidAndWhatWasSeenHolds) {
  IdleLimit limit;
  limit.announced(10s);
  limit.saw_close(5s, start);
  EXPECT_EQ(limit.at(start, configured), 4s);
  limit.announced(2s);
  EXPECT_EQ(limit.at(start, configured), 1'600ms);
}

}  // namespace
}  // namespace minato::upstream
