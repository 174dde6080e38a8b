// One thread's event loop: its clock, timers, buffers, random numbers, and what is to run next.
//
// Two engines run the same code above it: EpollLoop, and in tests SimLoop with a virtual clock.
// Thread: everything but `send` is for the loop's own thread.
#pragma once

#include <coroutine>

#include "base/block_pool.h"
#include "base/intrusive_list.h"
#include "base/pipe_pool.h"
#include "base/random.h"
#include "base/time.h"
#include "runtime/mailbox.h"
#include "runtime/timers.h"

namespace minato::runtime {

/// Something to run in the loop's next turn. Destroying it takes it off the list.
class Turn : public ListLink {
 public:
  virtual void run() = 0;

 protected:
  ~Turn() = default;
};

class Loop {
 public:
  explicit Loop(std::uint64_t seed) : random_(seed) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  virtual ~Loop() = default;

  /// The time at which this turn of the loop began: read once a turn, not once a use.
  Instant now() const { return now_; }
  WallTime wall() const { return wall_; }
  /// The time as it is, read at each use: for what has an order over all loops.
  virtual Instant read_clock() const { return now_; }

  Timers& timers() { return timers_; }
  const Timers& timers() const { return timers_; }
  BlockPool& blocks() { return blocks_; }
  PipePool& pipes() { return pipes_; }
  Random& random() { return random_; }

  /// Runs `turn` once, after what runs now has suspended.
  void defer(Turn& turn) { turns_.push_back(turn); }

  /// Runs `job` on this loop's thread. Any thread.
  void send(Job job) {
    if (mailbox_.put(std::move(job))) wake();
  }

  class Breath final : Turn {
   public:
    explicit Breath(IntrusiveList<Turn>& turns) : turns_(turns) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> who) noexcept {
      who_ = who;
      turns_.push_back(*this);
    }
    void await_resume() const noexcept {}

   private:
    void run() override { who_.resume(); }
    IntrusiveList<Turn>& turns_;
    std::coroutine_handle<> who_;
  };
  /// co_await loop.breathe(): lets everyone else have a turn. For loops over input that is always
  /// ready.
  Breath breathe() { return Breath(turns_); }
  /// co_await loop.gather(): until all whose turn it is now have had it.
  Breath gather() { return Breath(last_turns_); }

  /// Much came at once. Then who has received breathes before he works, and who is about to send
  /// gathers: work of one kind at a time keeps its code in the processor's cache. Where little
  /// came, that gains little, and the first answer would wait for the last.
  bool is_crowded() const { return crowded_; }

 protected:
  /// Makes a loop that waits look into its mailbox. Any thread.
  virtual void wake() = 0;

  void set_time(Instant now, WallTime wall) {
    now_ = now;
    wall_ = wall;
  }
  void set_crowded(bool crowded) { crowded_ = crowded; }
  bool has_turns() const { return !turns_.empty() || !last_turns_.empty(); }
  /// Runs the turns that wait now, those who gather last; what they defer waits for the next call.
  void run_turns();
  Mailbox& mailbox() { return mailbox_; }

 private:
  Instant now_{};
  WallTime wall_{};
  Timers timers_;
  BlockPool blocks_;
  PipePool pipes_;
  Random random_;
  IntrusiveList<Turn> turns_, last_turns_;
  Mailbox mailbox_;
  bool crowded_ = false;
};

/// co_await pause(loop, span): wakes after `span`.
class Pause final : Timer {
 public:
  Pause(Loop& loop, Nanos span) : Timer(loop.timers()), until_(loop.now() + span) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) {
    who_ = who;
    arm(until_);
  }
  void await_resume() const noexcept {}

 private:
  void expired() override { who_.resume(); }
  Instant until_;
  std::coroutine_handle<> who_;
};
inline Pause pause(Loop& loop, Nanos span) { return Pause(loop, span); }

}  // namespace minato::runtime
