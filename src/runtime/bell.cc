#include "runtime/bell.h"

#include <algorithm>

#include "base/short_lock.h"

namespace minato::runtime {

/// Outlives its waiter where the word that it has rung is on the way. All but `loop` is for the
/// loop's own thread.
struct Bell::Slip final : Turn {
  Slip(Loop& on, After& for_whom) : loop(on), waiter(&for_whom) {}
  void run() override {
    if (waiter != nullptr) waiter->who_.resume();
  }
  Loop& loop;
  After* waiter;
};

void Bell::ring(Loop& here) {
  std::vector<std::shared_ptr<Slip>> woken;
  {
    const ShortLock lock(mutex_);
    rings_.fetch_add(1, std::memory_order_release);
    woken.swap(waiting_);
  }
  for (auto& slip : woken) {
    Loop& loop = slip->loop;
    if (&loop == &here && slip->waiter != nullptr)
      loop.defer(*slip);
    else if (&loop != &here)
      loop.send([slip = std::move(slip)] { slip->run(); });
  }
}

void Bell::forget(const Slip& slip) {
  const ShortLock lock(mutex_);
  std::erase_if(waiting_, [&](const auto& waiting) { return waiting.get() == &slip; });
}

Bell::After::~After() {
  if (!slip_) return;
  slip_->waiter = nullptr;
  slip_->unlink();
  bell_.forget(*slip_);
}

bool Bell::After::await_suspend(std::coroutine_handle<> who) {
  who_ = who;
  slip_ = std::make_shared<Slip>(loop_, *this);
  {
    const ShortLock lock(bell_.mutex_);
    if (has_rung()) return false;
    bell_.waiting_.push_back(slip_);
  }
  arm(until_);
  return true;
}

}  // namespace minato::runtime
