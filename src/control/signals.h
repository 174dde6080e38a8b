// Signals as events of a loop, instead of interruptions.
#pragma once

#include <functional>

#include "base/error.h"
#include "base/fd.h"
#include "runtime/epoll_loop.h"

namespace minato::control {

/// Keeps HUP and USR1 for later: they would end a program that has not come to hear them.
void block_requests();

/// Keeps the signals that Minato answers to (HUP, TERM, INT, USR1) from every thread that is
/// started afterwards, and ignores PIPE. To be called before there is any.
void block_signals();

/// Hears the blocked signals. Thread: the loop's.
class Signals final : private runtime::Watcher {
 public:
  using Listener = std::move_only_function<void(int)>;

  /// Errors: resource.
  static Result<std::unique_ptr<Signals>> make(runtime::EpollLoop& loop, Listener heard);
  ~Signals();

 private:
  Signals(runtime::EpollLoop& loop, Fd fd, Listener heard)
      : loop_(loop), fd_(std::move(fd)), heard_(std::move(heard)) {}
  void ready(runtime::Readiness what) override;

  runtime::EpollLoop& loop_;
  Fd fd_;
  Listener heard_;
};

}  // namespace minato::control
