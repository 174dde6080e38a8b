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

  /// co_await countdown.end(): true where all have ended. Once.
  class End {
   public:
    explicit End(Countdown& countdown) : countdown_(countdown) {}
    bool await_ready() const noexcept { return countdown_.left_ == 0; }
    void await_suspend(std::coroutine_handle<> who) {
      countdown_.who_ = who;
      countdown_.arm(countdown_.loop_.now() + countdown_.limit_);
    }
    bool await_resume() const noexcept { return countdown_.left_ == 0; }

   private:
    Countdown& countdown_;
  };
  End end() { return End(*this); }

 private:
  void expired() override { who_.resume(); }

  runtime::Loop& loop_;
  std::size_t left_;
  Millis limit_;
  std::coroutine_handle<> who_;
};

}  // namespace minato::control
