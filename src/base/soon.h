// Soon<T>: a value that is usually there already, or the task that will have it.
//
// A function on the path of a request answers from what it has, without a coroutine frame, and
// starts a task only where it must wait for a peer.
#pragma once

#include <concepts>
#include <utility>
#include <variant>

#include "base/task.h"

namespace minato {

template <class T>
class [[nodiscard]] Soon {
 public:
  template <std::convertible_to<T> U>
  Soon(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Soon(Task<T> task) : state_(std::in_place_index<1>, std::move(task)) {}

  bool ready() const { return state_.index() == 0; }

  struct Awaiter {
    Soon& self;
    bool await_ready() const noexcept { return self.ready(); }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
      auto child = std::get<1>(self.state_).handle();
      child.promise().waiter = parent;
      return child;
    }
    T await_resume() {
      return self.ready() ? std::move(std::get<0>(self.state_))
                          : std::get<1>(self.state_).handle().promise().take();
    }
  };
  Awaiter operator co_await() && { return {*this}; }
  Awaiter operator co_await() & { return {*this}; }

 private:
  std::variant<T, Task<T>> state_;
};

}  // namespace minato
