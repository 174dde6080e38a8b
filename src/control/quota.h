// How many client connections the whole process may have; who finds none left waits for one to end.
#pragma once

#include <atomic>
#include <cstdint>

namespace minato::control {

/// Shared: any thread. Costs one atomic step a connection, none a request.
class Quota {
 public:
  /// 0: no limit. Lowering it cuts nobody off.
  void set_limit(std::uint32_t limit) { limit_.store(limit, std::memory_order_relaxed); }

  /// False where none is left: announce yourself with `wait`, and try once more, before you sleep.
  bool take() {
    const auto limit = limit_.load(std::memory_order_relaxed);
    const auto before = used_.fetch_add(1, std::memory_order_acq_rel);
    if (limit == 0 || before < limit) return true;
    used_.fetch_sub(1, std::memory_order_acq_rel);
    return false;
  }
  /// True where somebody waits for what was given back and must be woken.
  bool give() {
    used_.fetch_sub(1, std::memory_order_acq_rel);
    return waiting_.load(std::memory_order_acquire) > 0;
  }
  void wait() { waiting_.fetch_add(1, std::memory_order_acq_rel); }
  void wait_no_more() { waiting_.fetch_sub(1, std::memory_order_acq_rel); }

  std::uint32_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint32_t> limit_{0};
  std::atomic<std::uint32_t> used_{0};
  std::atomic<std::uint32_t> waiting_{0};
};

}  // namespace minato::control
