// Waits until so many things have ended, or for a time at most.
#pragma once

#include <coroutine>
#include <cstddef>

#include "runtime/loop.h"

namespace minato::control {

/// Thread: the loop's.
class Countdown final : runtime::Timer {
 public:
  /// `limit` is counted from the wait.
  Countdown(runtime::Loop& loop, std::size_t count, Millis limit)
      : Timer(loop.timers()), loop_(loop), left_(count), limit_(limit) {}

  void one_has_ended() {
    if (--left_ == 0 && armed()) arm(loop_.now());
  }
  /// Does not wait any longer.
  void give_up() {
    if (armed()) arm(loop_.now());
  }

  /// co_await countdown: true where all have ended. Once.
  bool await_ready() const noexcept { return left_ == 0; }
  void await_suspend(std::coroutine_handle<> who) {
    who_ = who;
    arm(loop_.now() + limit_);
  }
  bool await_resume() const noexcept { return left_ == 0; }

 private:
  void expired() override { who_.resume(); }

  runtime::Loop& loop_;
  std::size_t left_;
  Millis limit_;
  std::coroutine_handle<> who_;
};

}  // namespace minato::control
