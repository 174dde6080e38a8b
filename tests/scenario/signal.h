// Something that one task waits for and another makes happen.
#pragma once

#include <coroutine>

#include "runtime/loop.h"

namespace minato::scenario {

class Signal {
 public:
  explicit Signal(runtime::Loop& loop) : loop_(loop) {}

  /// co_await signal.next(): until the next `ring`. One waiter.
  class Next final : runtime::Turn {
   public:
    explicit Next(Signal& signal) : signal_(signal) {}
    ~Next() { signal_.waiter_ = nullptr; }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> who) noexcept {
      who_ = who;
      signal_.waiter_ = this;
    }
    void await_resume() const noexcept {}

   private:
    friend class Signal;
    void run() override { who_.resume(); }
    Signal& signal_;
    std::coroutine_handle<> who_;
  };
  Next next() { return Next(*this); }

  void ring() {
    if (waiter_ != nullptr) loop_.defer(*std::exchange(waiter_, nullptr));
  }

 private:
  runtime::Loop& loop_;
  Next* waiter_ = nullptr;
};

}  // namespace minato::scenario
