#include "runtime/timers.h"

#include "base/assert.h"

namespace minato::runtime {

void Timer::arm(Instant due) {
  disarm();
  if (due == never) return;
  due_ = due;
  timers_->insert(*this);
}

void Timer::disarm() noexcept {
  if (armed()) timers_->remove(*this);
}

Timers::~Timers() { MINATO_ASSERT(heap_.empty()); }

void Timers::fire(Instant now) {
  for (std::size_t left = heap_.size(); left > 0 && next() <= now; --left) {
    Timer& first = *heap_.front().timer;
    remove(first);
    first.expired();
  }
}

void Timers::insert(Timer& timer) {
  heap_.push_back({});
  rise(heap_.size() - 1, {timer.due_, &timer});
}

void Timers::remove(Timer& timer) noexcept {
  const std::size_t hole = timer.slot_;
  const Slot last = heap_.back();
  heap_.pop_back();
  timer.slot_ = Timer::unarmed;
  if (hole == heap_.size()) return;
  if (hole > 0 && last.due < heap_[(hole - 1) / 2].due)
    rise(hole, last);
  else
    sink(hole, last);
}

void Timers::place(std::size_t at, Slot slot) noexcept {
  heap_[at] = slot;
  slot.timer->slot_ = at;
}

void Timers::rise(std::size_t at, Slot slot) noexcept {
  while (at > 0 && slot.due < heap_[(at - 1) / 2].due) {
    place(at, heap_[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  place(at, slot);
}

void Timers::sink(std::size_t at, Slot slot) noexcept {
  for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1].due < heap_[child].due) ++child;
    if (slot.due <= heap_[child].due) break;
    place(at, heap_[child]);
    at = child;
  }
  place(at, slot);
}

}  // namespace minato::runtime
