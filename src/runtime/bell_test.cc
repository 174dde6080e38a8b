#include "runtime/bell.h"

#include <gtest/gtest.h>

#include <thread>

#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::runtime {
namespace {

struct BellTest : testing::Test {
  std::unique_ptr<EpollLoop> loop = EpollLoop::make(1).value();
  Bell bell;
  int woken = 0;

  Task<void> wait_for(std::uint64_t rings) {
    while (bell.rings() < rings) {
      const std::uint64_t seen = bell.rings();
      (void)co_await bell.after(*loop, seen);
      ++woken;
    }
    loop->stop();
  }
};

TEST_F(BellTest, WakesWhoWaitsOnTheSameLoop) {
  Scope tasks(*loop);
  tasks.start(wait_for(1));
  EXPECT_EQ(woken, 0);
  bell.ring(*loop);
  EXPECT_EQ(woken, 0);  // in a turn of its own
  loop->run();
  EXPECT_EQ(woken, 1);
}

TEST_F(BellTest, ARingThatWasNotSeenIsNotMissed) {
  bell.ring(*loop);
  Scope tasks(*loop);
  tasks.start([](BellTest& test) -> Task<void> {
    const bool rung = co_await test.bell.after(*test.loop, 0);
    test.woken += rung ? 1 : 0;
  }(*this));
  EXPECT_EQ(woken, 1);
}

TEST_F(BellTest, WakesWhoWaitsOnAnotherLoop) {
  constexpr std::uint64_t rings = 1000;
  Scope tasks(*loop);
  tasks.start(wait_for(rings));
  std::thread other([&] {
    const auto theirs = EpollLoop::make(2).value();
    for (std::uint64_t i = 0; i < rings; ++i) bell.ring(*theirs);
  });
  loop->run();
  other.join();
  EXPECT_EQ(bell.rings(), rings);
}

TEST_F(BellTest, WaitsNoLongerThanItsTime) {
  Scope tasks(*loop);
  tasks.start([](BellTest& test) -> Task<void> {
    const bool rung = co_await test.bell.after(*test.loop, 0, test.loop->now());
    EXPECT_FALSE(rung);
    test.loop->stop();
  }(*this));
  loop->run();
}

TEST_F(BellTest, WhoGaveUpIsNotWoken) {
  {
    Scope tasks(*loop);
    tasks.start(wait_for(1));
  }
  bell.ring(*loop);
  {
    Scope tasks(*loop);
    tasks.start(wait_for(2));
    bell.ring(*loop);  // its turn goes with it
  }
  EXPECT_EQ(woken, 0);
}

}  // namespace
}  // namespace minato::runtime
