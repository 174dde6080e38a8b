// Deadlines of one loop: a binary heap of timers that live in their owners.
//
// Arming and disarming cost O(log n); a timer that dies disarms itself. Owners that move a deadline
// often keep their own `due` and re-arm only when the timer fires early, so that the common path
// touches no heap (see net::Stream).
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"

namespace minato::runtime {

class Timers;

class Timer {
 public:
  explicit Timer(Timers& timers) : timers_(&timers) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { disarm(); }

  /// Fires once at `due` or soon after; replaces an earlier arming. `never` disarms.
  void arm(Instant due);
  void disarm() noexcept;
  bool armed() const { return slot_ != unarmed; }
  Instant due() const { return due_; }

 protected:
  /// Called by the loop, disarmed. May destroy the timer.
  virtual void expired() = 0;

 private:
  friend class Timers;
  static constexpr std::size_t unarmed = static_cast<std::size_t>(-1);

  Timers* timers_;
  Instant due_ = never;
  std::size_t slot_ = unarmed;
};

class Timers {
 public:
  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  ~Timers();

  /// When the next one is due; `never` where none is armed.
  Instant next() const { return heap_.empty() ? never : heap_.front().due; }
  /// Fires all that are due at `now`, earliest first. What firing arms for `now` or before waits
  /// for the next call, so that a timer that re-arms itself cannot hold the loop.
  void fire(Instant now);
  std::size_t armed_count() const { return heap_.size(); }

 private:
  friend class Timer;
  struct Slot {
    Instant due;
    Timer* timer;
  };
  void insert(Timer& timer);
  void remove(Timer& timer) noexcept;
  void place(std::size_t at, Slot slot) noexcept;
  void rise(std::size_t at, Slot slot) noexcept;
  void sink(std::size_t at, Slot slot) noexcept;

  std::vector<Slot> heap_;
};

/// A timer that calls a function: for owners that are not timers themselves.
template <class Owner, void (Owner::*Call)()>
class TimerOf final : public Timer {
 public:
  TimerOf(Timers& timers, Owner& owner) : Timer(timers), owner_(owner) {}

 private:
  void expired() override { (owner_.*Call)(); }
  Owner& owner_;
};

}  // namespace minato::runtime
