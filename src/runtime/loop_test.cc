#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::runtime {
namespace {

using namespace std::chrono_literals;

struct Noting final : Timer {
  Noting(Timers& timers, std::vector<int>& log, int name) : Timer(timers), log_(log), name_(name) {}
  void expired() override { log_.push_back(name_); }
  std::vector<int>& log_;
  int name_;
};

TEST(Timers, FireInTheOrderOfTheirDeadlines) {
  Timers timers;
  Random random(1);
  std::vector<int> fired;
  std::vector<std::unique_ptr<Noting>> owned;
  for (int i = 0; i < 200; ++i) {
    owned.push_back(std::make_unique<Noting>(timers, fired, i));
    owned.back()->arm(Instant(Nanos(i)));
  }
  std::ranges::shuffle(owned, random);
  for (auto& timer : owned) timer->arm(Instant(Nanos(timer->name_)));  // again, in another order
  for (int i = 0; i < 200; ++i)
    if (owned[static_cast<std::size_t>(i)]->name_ % 3 == 0)
      owned[static_cast<std::size_t>(i)].reset();
  timers.fire(Instant(Nanos(99)));
  EXPECT_TRUE(std::ranges::is_sorted(fired));
  EXPECT_EQ(fired.size(), 66u);
  EXPECT_EQ(timers.next(), Instant(Nanos(100)));
}

struct Rearming final : Timer {
  using Timer::Timer;
  void expired() override { ++count, arm(Instant{}); }
  int count = 0;
};

TEST(Timers, OneThatArmsItselfAgainDoesNotHoldTheLoop) {
  Timers timers;
  Rearming timer(timers);
  timer.arm(Instant{});
  timers.fire(Instant{});
  EXPECT_EQ(timer.count, 1);
  timer.disarm();
}

struct Sink final : Watcher {
  void ready(Readiness what) override { heard.push_back(what), then(); }
  std::vector<Readiness> heard;
  std::move_only_function<void()> then = [] {};
};

struct Pair {
  Pair() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    a = Fd(fds[0]), b = Fd(fds[1]);
  }
  Fd a, b;
};

TEST(EpollLoop, TellsOfBytesAndOfThePeersEnd) {
  auto loop = EpollLoop::make(1).value();
  Pair pair;
  Sink sink;
  ASSERT_TRUE(loop->watch(pair.a.get(), sink));
  sink.then = [&] {
    if (sink.heard.back().peer_ended) loop->stop();
  };
  ASSERT_EQ(::send(pair.b.get(), "x", 1, 0), 1);
  pair.b.close();
  loop->run();
  EXPECT_TRUE(sink.heard.back().readable);
  loop->unwatch(pair.a.get(), sink);
}

TEST(EpollLoop, AWatcherThatWasTakenOffHearsNothingOfTheSameBatch) {
  auto loop = EpollLoop::make(1).value();
  Pair first, second;
  Sink one, two;
  ASSERT_TRUE(loop->watch(first.a.get(), one));
  ASSERT_TRUE(loop->watch(second.a.get(), two));
  one.then = [&] { loop->unwatch(second.a.get(), two), loop->stop(); };
  two.then = [&] { loop->unwatch(first.a.get(), one), loop->stop(); };
  loop->run();
  EXPECT_EQ(one.heard.size() + two.heard.size(), 1u);
}

TEST(EpollLoop, IsCrowdedWhereMuchCameAtOnce) {
  auto loop = EpollLoop::make(1).value();
  std::array<Pair, 8> pairs;
  std::array<Sink, 8> sinks;
  const auto is_crowded_by = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      sinks[i].then = [&] { loop->stop(); };
      EXPECT_TRUE(loop->watch(pairs[i].a.get(), sinks[i]));  // it can be written to: that is news
    }
    loop->run();
    for (std::size_t i = 0; i < count; ++i) loop->unwatch(pairs[i].a.get(), sinks[i]);
    return loop->is_crowded();
  };
  EXPECT_FALSE(is_crowded_by(7));
  EXPECT_TRUE(is_crowded_by(8));
  EXPECT_FALSE(is_crowded_by(1));
}

TEST(EpollLoop, RunsWhatOtherThreadsSendInTheirOrder) {
  auto loop = EpollLoop::make(1).value();
  std::vector<int> seen;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) loop->send([&, i] { seen.push_back(i); });
    loop->send([&] { loop->stop(); });
  });
  loop->run();
  other.join();
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST(EpollLoop, ALetterMayBeReadBeforeItsSenderHasTurnedAway) {
  auto loop = EpollLoop::make(1).value();
  constexpr int senders = 2, letters = 20'000;
  int got = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < senders; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < letters; ++n)
        loop->send([&] {
          if (++got == senders * letters) loop->stop();
        });
    });
  loop->run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got, senders * letters);
}

Task<void> count_down(Loop& loop, int turns, int& left) {
  left = turns;
  for (; left > 0; --left) co_await loop.breathe();
}

Task<void> stop_when_empty(EpollLoop& loop, Scope& scope) {
  co_await scope.empty();
  loop.stop();
}

TEST(Scope, TellsWhenItsLastTaskHasEnded) {
  auto loop = EpollLoop::make(1).value();
  Scope scope(*loop), watchers(*loop);
  int a = -1, b = -1;
  scope.start(count_down(*loop, 3, a));
  scope.start(count_down(*loop, 5, b));
  watchers.start(stop_when_empty(*loop, scope));
  loop->run();
  EXPECT_EQ(a + b, 0);
  EXPECT_EQ(scope.running(), 0u);
}

Task<void> wait_long(Loop& loop, bool& woke) {
  co_await pause(loop, 1h);
  woke = true;
}

TEST(Scope, CancelsWhatStillRunsWhenItDies) {
  auto loop = EpollLoop::make(1).value();
  bool woke = false;
  {
    Scope scope(*loop);
    scope.start(wait_long(*loop, woke));
    EXPECT_EQ(loop->timers().armed_count(), 1u);
  }
  EXPECT_EQ(loop->timers().armed_count(), 0u);
  EXPECT_FALSE(woke);
}

}  // namespace
}  // namespace minato::runtime
