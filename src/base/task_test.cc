#include "base/task.h"

#include <gtest/gtest.h>

#include <string>

#include "base/ok.h"

namespace minato {
namespace {

/// Suspends whoever awaits it until the test opens it.
struct Gate {
  std::coroutine_handle<> waiter;
  struct Awaiter {
    Gate& gate;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> who) noexcept { gate.waiter = who; }
    void await_resume() noexcept {}
    ~Awaiter() { gate.waiter = nullptr; }
  };
  Awaiter operator co_await() { return {*this}; }
  void open() { std::exchange(waiter, nullptr).resume(); }
};

struct Noted {
  std::string& log;
  char what;
  ~Noted() { log += what; }
};

Task<int> answer() { co_return 42; }

Task<Result<int>> after(Gate& gate, Result<int> result) {
  co_await gate;
  co_return result;
}

Task<Result<int>> climb(Gate& gate, Result<int> result, std::string& log) {
  Noted noted{log, 'c'};
  const int value = co_await ok(after(gate, result));
  log += '+';
  co_return value + 1;
}

Task<void> root(Gate& gate, Result<int> result, std::string& log, Result<int>& out) {
  Noted noted{log, 'r'};
  out = co_await climb(gate, result, log);
}

TEST(Task, BeginsOnlyWhenAwaited) {
  auto task = answer();
  EXPECT_FALSE(task.done());
  task.handle().resume();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.handle().promise().take(), 42);
}

TEST(Task, DroppingItMidwayUnwindsEveryFrameAndUnlinksItsAwaiter) {
  Gate gate;
  std::string log;
  Result<int> out = 0;
  {
    auto task = root(gate, 1, log, out);
    task.handle().resume();
    EXPECT_NE(gate.waiter, nullptr);
  }
  EXPECT_EQ(log, "cr");
  EXPECT_EQ(gate.waiter, nullptr);
}

TEST(Ok, GivesTheValue) {
  Gate gate;
  std::string log;
  Result<int> out = 0;
  auto task = root(gate, 1, log, out);
  task.handle().resume();
  gate.open();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(out, 2);
  EXPECT_EQ(log, "+cr");
}

TEST(Ok, LetsAnErrorClimbWithoutResumingTheCoroutine) {
  Gate gate;
  std::string log;
  Result<int> out = 0;
  auto task = root(gate, fail(Fault::reset, Side::upstream, "gone"), log, out);
  task.handle().resume();
  gate.open();
  EXPECT_TRUE(task.done());
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().fault, Fault::reset);
  EXPECT_EQ(log, "cr") << "the line behind co_await ok() must not have run";
}

Soon<int> now_or_later(Gate& gate, bool now) {
  if (now) return 7;
  return [](Gate& at) -> Task<int> {
    co_await at;
    co_return 8;
  }(gate);
}

Task<int> sum(Gate& gate) {
  const int first = co_await now_or_later(gate, true);
  const int second = co_await now_or_later(gate, false);
  co_return first + second;
}

TEST(Soon, WaitsOnlyWhereTheValueIsNotThereYet) {
  Gate gate;
  auto task = sum(gate);
  task.handle().resume();
  EXPECT_FALSE(task.done());
  gate.open();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.handle().promise().take(), 15);
}

}  // namespace
}  // namespace minato
