// What a loop over input that may always be ready may do before others get a turn.
#pragma once

#include "runtime/loop.h"

namespace minato::runtime {

/// Counts steps within one turn of the loop, so that a loop that waits now and then pays nothing.
/// Thread: the loop's.
class Budget {
 public:
  Budget(const Loop& loop, int steps) : loop_(loop), most_(steps), turn_(loop.now()) {}

  /// Spends a step, or `steps`. True once all are: `if (budget.spend()) co_await loop.breathe();`
  bool spend(int steps = 1) {
    if (loop_.now() != turn_) steps_ = 0;  // it waited since
    turn_ = loop_.now();
    steps_ += steps;
    if (steps_ < most_) return false;
    steps_ = 0;
    return true;
  }

 private:
  const Loop& loop_;
  int most_;
  int steps_ = 0;
  Instant turn_;
};

}  // namespace minato::runtime
