#include "control/countdown.h"

#include <gtest/gtest.h>

#include <optional>

#include "runtime/scope.h"
#include "sim/sim_world.h"

namespace minato::control {
namespace {

class CountdownTest : public testing::Test {
 protected:
  static Task<void> wait(Countdown& countdown, std::optional<bool>& all_ended) {
    all_ended = co_await countdown.end();
  }

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  std::optional<bool> all_ended;
};

TEST_F(CountdownTest, EndsWithTheLast) {
  Countdown countdown(loop, 2, 30s);
  runtime::Scope tasks(loop);
  tasks.start(wait(countdown, all_ended));
  countdown.one_has_ended();
  world.run_until_idle();
  EXPECT_FALSE(all_ended.has_value());
  countdown.one_has_ended();
  world.run_until_idle();
  EXPECT_EQ(all_ended, true);
}

TEST_F(CountdownTest, EndsAtItsLimitWhoeverIsLeft) {
  Countdown countdown(loop, 2, 30s);
  runtime::Scope tasks(loop);
  tasks.start(wait(countdown, all_ended));
  countdown.one_has_ended();
  world.advance(30s - 1ms);
  EXPECT_FALSE(all_ended.has_value());
  world.advance(1ms);
  EXPECT_EQ(all_ended, false);
}

TEST_F(CountdownTest, GivesUpWhenItIsTold) {
  Countdown countdown(loop, 1, 30s);
  runtime::Scope tasks(loop);
  tasks.start(wait(countdown, all_ended));
  countdown.give_up();
  world.run_until_idle();
  EXPECT_EQ(all_ended, false);
}

TEST_F(CountdownTest, DoesNotWaitForNothing) {
  Countdown none(loop, 0, 30s);
  runtime::Scope tasks(loop);
  tasks.start(wait(none, all_ended));
  EXPECT_EQ(all_ended, true);
}

TEST_F(CountdownTest, CountsWhatEndedBeforeTheWait) {
  Countdown countdown(loop, 1, 30s);
  countdown.one_has_ended();
  runtime::Scope tasks(loop);
  tasks.start(wait(countdown, all_ended));
  EXPECT_EQ(all_ended, true);
}

}  // namespace
}  // namespace minato::control
