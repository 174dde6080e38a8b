// How many client connections the whole process may have; who finds none left waits for one to end.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>

#include "base/pipe_pool.h"

namespace minato::control {

/// How many client connections `descriptors` allow, where the program itself needs `own`: each
/// connection may need a second one, to an endpoint.
constexpr std::uint32_t connections_within(std::uint64_t descriptors, std::uint64_t own) {
  const std::uint64_t left = descriptors > own ? (descriptors - own) / 2 : 0;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(left, 1, std::numeric_limits<std::uint32_t>::max()));
}

/// How many pipes each worker may have of them: a sixteenth of all descriptors, and no more than
/// pools hold.
constexpr std::uint32_t pipes_within(std::uint64_t descriptors, std::uint32_t workers) {
  constexpr std::uint64_t descriptors_a_pipe = 2;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(
      descriptors / 16 / descriptors_a_pipe / workers, PipePool::pipes_max));
}

/// Told when a slot came free while somebody waited for one.
class SlotNews {
 public:
  virtual ~SlotNews() = default;
  virtual void slot_freed() = 0;
};

class Quota;

/// Waits for a slot for as long as it lives.
class WaitingForSlot {
 public:
  explicit WaitingForSlot(Quota& quota);
  WaitingForSlot(const WaitingForSlot&) = delete;
  WaitingForSlot& operator=(const WaitingForSlot&) = delete;
  ~WaitingForSlot();

 private:
  Quota& quota_;
};

/// Shared: any thread. Costs one atomic step a connection, none a request.
class Quota {
 public:
  /// `by_default` holds wherever `set_limit` is given 0; `because` is what allows no more, for
  /// people.
  explicit Quota(std::uint32_t by_default, const char* because = "descriptors allow")
      : by_default_(by_default), because_(because), limit_(by_default) {}

  /// Lowering it cuts nobody off.
  void set_limit(std::uint32_t limit) {
    stated_.store(limit != 0, std::memory_order_relaxed);
    limit_.store(limit == 0 ? by_default_ : limit, std::memory_order_relaxed);
  }
  /// Behind "as many are open as".
  const char* what_allows_no_more() const {
    return stated_.load(std::memory_order_relaxed) ? "limits.connections allows" : because_;
  }

  /// False where none is left: announce yourself with WaitingForSlot, and try once more, before you
  /// sleep.
  bool take() {
    if (used_.fetch_add(1, std::memory_order_acq_rel) < limit_.load(std::memory_order_relaxed))
      return true;
    used_.fetch_sub(1, std::memory_order_acq_rel);
    return false;
  }
  /// True where somebody waits for what was given back and must be woken.
  bool give() {
    used_.fetch_sub(1, std::memory_order_acq_rel);
    return waiting_.load(std::memory_order_acquire) > 0;
  }
  std::uint32_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  friend class WaitingForSlot;
  const std::uint32_t by_default_;
  const char* const because_;
  std::atomic<bool> stated_{false};
  std::atomic<std::uint32_t> limit_;
  std::atomic<std::uint32_t> used_{0};
  std::atomic<std::uint32_t> waiting_{0};
};

inline WaitingForSlot::WaitingForSlot(Quota& quota) : quota_(quota) {
  quota_.waiting_.fetch_add(1, std::memory_order_acq_rel);
}
inline WaitingForSlot::~WaitingForSlot() {
  quota_.waiting_.fetch_sub(1, std::memory_order_acq_rel);
}

}  // namespace minato::control
