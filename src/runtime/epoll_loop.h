// The engine that programs run on: epoll, edge-triggered, one registration per descriptor.
// docs/adr/0005 says why not io_uring.
#pragma once

#include <atomic>
#include <memory>
#include <span>

#include "base/error.h"
#include "base/fd.h"
#include "runtime/late_watchers.h"
#include "runtime/loop.h"
#include "runtime/watcher.h"

struct epoll_event;

namespace minato::runtime {

class EpollLoop final : public Loop {
 public:
  /// Errors: resource, where the kernel gives no descriptors.
  static Result<std::unique_ptr<EpollLoop>> make(std::uint64_t seed);
  ~EpollLoop() override;
  Instant read_clock() const override;

  /// Runs until `stop`. Returns after the turn in which it was called.
  void run();
  void stop() { stopping_ = true; }

  /// Tells `watcher` of every change of `fd`, which is non-blocking, until `unwatch`.
  Result<void> watch(int fd, Watcher& watcher);
  /// Where `watcher` is to be told to watch in a while, unless it is removed.
  LateWatchers& late_watchers() { return late_; }
  /// From here on `watcher` hears nothing more, not even what was already on its way.
  void unwatch(int fd, Watcher& watcher) noexcept;
  /// The same for a descriptor that the caller closes next, which the kernel then forgets by
  /// itself.
  void forget(Watcher& watcher) noexcept;

 private:
  EpollLoop(std::uint64_t seed, Fd epoll, Fd bell);
  void wake() override;
  void read_clocks();
  int timeout_millis() const;
  void wait_and_dispatch();

  Fd epoll_;
  Fd bell_;  // an eventfd that rings when the mailbox has something
  bool stopping_ = false;
  LateWatchers late_{*this};
  std::span<epoll_event> pending_;  // of the batch being dispatched: those not yet delivered
};

}  // namespace minato::runtime
