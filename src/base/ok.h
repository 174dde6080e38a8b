// co_await ok(task): the value of a Task<Result<T>>, or finish *this* coroutine with its error.
//
// The error climbs without resuming anyone: the frame of the failed coroutine stays suspended where
// it awaited and is destroyed by its owner, so its locals unwind in order. Only for coroutines that
// return a Result themselves.
#pragma once

#include "base/soon.h"
#include "base/task.h"

namespace minato {

namespace detail {

/// Makes `child`, when it ends with an error, end `parent` with the same error instead of resuming
/// it.
template <class T, class ParentPromise>
void let_error_climb(Promise<Result<T>>& child,
                     std::coroutine_handle<ParentPromise> parent) noexcept {
  child.waiter = parent;
  child.hand_over = [](PromiseBase& base) -> std::coroutine_handle<> {
    auto& done = static_cast<Promise<Result<T>>&>(base);
    if (done.value->has_value()) return done.waiter;
    auto& above =
        std::coroutine_handle<ParentPromise>::from_address(done.waiter.address()).promise();
    above.return_value(std::unexpected(done.value->error()));
    return above.finish();
  };
}

template <class T>
struct OkTask {
  Task<Result<T>> task;
  bool await_ready() const noexcept { return false; }
  template <class P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> parent) noexcept {
    let_error_climb<T>(task.handle().promise(), parent);
    return task.handle();
  }
  T await_resume() { return *task.handle().promise().take(); }
};

}  // namespace detail

template <class T>
detail::OkTask<T> ok(Task<Result<T>> task) {
  return {std::move(task)};
}

}  // namespace minato
