// co_await until_gone(stream, task): the task's value, or nullopt where the peer broke the
// connection first, in which case the task was cancelled.
//
// A peer that only ended its side (half-close) is not gone: it may well wait for its answer.
#pragma once

#include <coroutine>
#include <optional>

#include "base/task.h"
#include "net/stream.h"

namespace minato::connection {

template <class T>
class [[nodiscard]] UntilGone final : net::Observer {
 public:
  /// A stream that is broken already tells nobody again.
  UntilGone(net::Stream& stream, Task<T> task) : Observer(stream), task_(std::move(task)) {
    if (stream.broken()) task_.reset();
  }

  bool await_ready() const noexcept { return !task_; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> who) noexcept {
    who_ = who;
    task_.handle().promise().waiter = who;
    return task_.handle();
  }
  std::optional<T> await_resume() {
    if (!task_) return std::nullopt;
    return task_.handle().promise().take();
  }

 private:
  void stirred(bool broken) override {
    if (!broken || task_.done()) return;
    task_.reset();
    who_.resume();
  }

  Task<T> task_;
  std::coroutine_handle<> who_;
};

template <class T>
UntilGone<T> until_gone(net::Stream& stream, Task<T> task) {
  return {stream, std::move(task)};
}

}  // namespace minato::connection
