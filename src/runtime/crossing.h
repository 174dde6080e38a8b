// co_await on(here, there, work): runs `work` on another loop's thread and comes back with its
// result. The only way in which a task of one thread waits for another.
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/loop.h"

namespace minato::runtime {

/// Dropping the waiting task forgets the answer; the work itself runs all the same.
/// Thread: awaited on `here`. `here` outlives the answer's way back.
template <class Work>
class [[nodiscard]] Crossing {
  using Value = std::invoke_result_t<Work&>;

 public:
  Crossing(Loop& here, Loop& there, Work work)
      : here_(here), there_(there), work_(std::move(work)) {}
  Crossing(const Crossing&) = delete;
  Crossing& operator=(const Crossing&) = delete;
  ~Crossing() {
    if (slip_) slip_->waiter = nullptr;
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) {
    slip_ = std::make_shared<Slip>(who);
    there_.send([&here = here_, slip = slip_, work = std::move(work_)]() mutable {
      here.send([slip, value = work()]() mutable {
        slip->value.emplace(std::move(value));
        if (slip->waiter) slip->waiter.resume();
      });
    });
  }
  Value await_resume() { return *std::move(slip_->value); }

 private:
  /// Touched on `here` alone; the other thread only carries it.
  struct Slip {
    explicit Slip(std::coroutine_handle<> who) : waiter(who) {}
    std::coroutine_handle<> waiter;
    std::optional<Value> value;
  };

  Loop& here_;
  Loop& there_;
  Work work_;
  std::shared_ptr<Slip> slip_;
};

template <class Work>
Crossing<Work> on(Loop& here, Loop& there, Work work) {
  return {here, there, std::move(work)};
}

}  // namespace minato::runtime
