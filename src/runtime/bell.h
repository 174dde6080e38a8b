// Something that happens now and then, and that tasks of several loops wait for.
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/loop.h"

namespace minato::runtime {

/// Shared: any thread rings; whoever waits is resumed on its own loop.
/// Cost: a lock that is held for a few instructions; for what waits anyhow.
/// Outlive: the bell outlives those who wait for it.
class Bell {
  struct Slip;

 public:
  /// How often it has rung. What was written before a ring is seen by who has seen its number.
  std::uint64_t rings() const { return rings_.load(std::memory_order_acquire); }

  /// Wakes all who wait. `here` is the loop of the calling thread.
  void ring(Loop& here);

  /// co_await bell.after(loop, seen, until): true once it has rung more than `seen` times, false at
  /// `until`.
  class [[nodiscard]] After final : Timer {
   public:
    After(Bell& bell, Loop& loop, std::uint64_t seen, Instant until)
        : Timer(loop.timers()), bell_(bell), loop_(loop), seen_(seen), until_(until) {}
    ~After() override;

    bool await_ready() const noexcept { return has_rung(); }
    bool await_suspend(std::coroutine_handle<> who);
    bool await_resume() const noexcept { return has_rung(); }

   private:
    friend struct Slip;
    bool has_rung() const { return bell_.rings() != seen_; }
    void expired() override { who_.resume(); }

    Bell& bell_;
    Loop& loop_;
    std::uint64_t seen_;
    Instant until_;
    std::coroutine_handle<> who_;
    std::shared_ptr<Slip> slip_;
  };
  After after(Loop& loop, std::uint64_t seen, Instant until = never) {
    return {*this, loop, seen, until};
  }

 private:
  void forget(const Slip& slip);

  std::atomic<std::uint64_t> rings_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<Slip>> waiting_;
};

}  // namespace minato::runtime
