// Something that happens now and then, and that tasks of one loop wait for.
#pragma once

#include <coroutine>

#include "base/intrusive_list.h"
#include "runtime/loop.h"

namespace minato::runtime {

/// Thread: the loop's.
class Event {
 public:
  explicit Event(Loop& loop) : loop_(loop) {}

  /// co_await event.next(): returns in the turn after the next `happen`.
  class Next final : public Turn {
   public:
    explicit Next(Event& event) : event_(event) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> who) noexcept {
      who_ = who;
      event_.waiters_.push_back(*this);
    }
    void await_resume() const noexcept {}

   private:
    void run() override { who_.resume(); }
    Event& event_;
    std::coroutine_handle<> who_;
  };
  Next next() { return Next(*this); }

  void happen() {
    while (Turn* const waiter = waiters_.pop_front()) loop_.defer(*waiter);
  }

 private:
  Loop& loop_;
  IntrusiveList<Turn> waiters_;
};

}  // namespace minato::runtime
