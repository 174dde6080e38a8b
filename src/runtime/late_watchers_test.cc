#include "runtime/late_watchers.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace minato::runtime {
namespace {

class Told final : public LateWatcher {
 public:
  void watch_now() override { ++times; }
  void ready(Readiness) override {}
  int times = 0;
};

/// A loop whose time the test moves.
class HandLoop final : public Loop {
 public:
  HandLoop() : Loop(1) {}
  void advance(Nanos span) {
    const Instant until = now() + span;
    while (timers().next() <= until) {
      set_time(timers().next(), {});
      timers().fire(now());
    }
    set_time(until, {});
  }

 private:
  void wake() override {}
};

class LateWatchersTest : public testing::Test {
 protected:
  HandLoop loop;
  LateWatchers late{loop};
};

TEST_F(LateWatchersTest, EachIsToldOnceAfterOneToTwoPeriods) {
  Told first, second;
  late.add(first);
  loop.advance(LateWatchers::period / 2);
  late.add(second);
  loop.advance(LateWatchers::period);
  EXPECT_EQ(first.times + second.times, 0);
  loop.advance(LateWatchers::period / 2);
  EXPECT_EQ(first.times, 1);
  EXPECT_EQ(second.times, 1);
  loop.advance(10 * LateWatchers::period);
  EXPECT_EQ(first.times + second.times, 2);
  EXPECT_EQ(loop.timers().armed_count(), 0u);
}

TEST_F(LateWatchersTest, WhoWasRemovedIsNotTold) {
  auto gone = std::make_unique<Told>();
  Told stays;
  late.add(*gone);
  late.add(stays);
  late.remove(*gone);
  gone.reset();
  loop.advance(3 * LateWatchers::period);
  EXPECT_EQ(stays.times, 1);
}

TEST_F(LateWatchersTest, WhoComesWhileOthersAreToldIsToldLater) {
  std::array<Told, 10> all;
  for (Told& one : all) {
    late.add(one);
    loop.advance(LateWatchers::period / 2);
  }
  loop.advance(2 * LateWatchers::period);
  for (const Told& one : all) EXPECT_EQ(one.times, 1);
  EXPECT_EQ(loop.timers().armed_count(), 0u);
}

}  // namespace
}  // namespace minato::runtime
