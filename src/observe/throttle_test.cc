#include "observe/throttle.h"

#include <gtest/gtest.h>

namespace minato::observe {
namespace {

constexpr Instant start{1h};

TEST(Throttle, SaysTheFirstAtOnce) {
  Throttle throttle(10s);
  EXPECT_EQ(throttle.due(), never);
  EXPECT_EQ(throttle.count(start), 1u);
  EXPECT_EQ(throttle.due(), never);
}

TEST(Throttle, SaysOnceAnIntervalHowOftenItHappened) {
  Throttle throttle(10s);
  EXPECT_EQ(throttle.count(start), 1u);
  EXPECT_EQ(throttle.count(start + 1s), std::nullopt);
  EXPECT_EQ(throttle.count(start + 9s), std::nullopt);
  EXPECT_EQ(throttle.count(start + 10s), 3u);
  EXPECT_EQ(throttle.count(start + 11s), std::nullopt);
}

TEST(Throttle, KeepsTheRestForATimer) {
  Throttle throttle(10s);
  throttle.count(start);
  throttle.count(start + 1s);
  EXPECT_EQ(throttle.due(), start + 10s);
  EXPECT_EQ(throttle.take(start + 9s), std::nullopt);
  EXPECT_EQ(throttle.take(start + 10s), 1u);
  EXPECT_EQ(throttle.take(start + 30s), std::nullopt);
}

}  // namespace
}  // namespace minato::observe
