// Task<T>: a coroutine that has not begun. Awaiting it runs it; destroying it cancels it.
//
// Thread:   a task runs on the thread that awaits it, from beginning to end.
// Surprise: dropping a task that waits destroys its locals in order, as if it had thrown; every
//           awaiter unlinks itself in its destructor, so nothing can wake it afterwards.
// Outlive:  references given to a coroutine live until its task is done or destroyed.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/error.h"
#include "base/frame_pool.h"

namespace minato {

template <class T>
class Task;

namespace detail {

/// What every promise shares: whom to go on with, and how.
struct PromiseBase {
  std::coroutine_handle<> waiter = std::noop_coroutine();
  /// Chooses who runs when this coroutine ends. Ok replaces it to let an error climb past the
  /// waiter.
  std::coroutine_handle<> (*hand_over)(PromiseBase&) = [](PromiseBase& self) {
    return self.waiter;
  };

  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }

  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Final {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
      return self.promise().finish();
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
  std::coroutine_handle<> finish() noexcept { return hand_over(*this); }
  /// No exception crosses a task: what could not be handled ends the program.
  void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return *std::move(value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { reset(); }

  explicit operator bool() const { return static_cast<bool>(handle_); }
  bool done() const { return handle_ && handle_.done(); }
  /// Cancels what runs and forgets it. Not from inside the task itself.
  void reset() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

  /// For those who drive a task themselves (a Scope, a combinator): its coroutine, still owned by
  /// this.
  Handle handle() const { return handle_; }

  struct Awaiter {
    Handle child;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
      child.promise().waiter = parent;
      return child;
    }
    T await_resume() { return child.promise().take(); }
  };
  Awaiter operator co_await() && {
    MINATO_ASSERT(handle_);
    return {handle_};
  }
  Awaiter operator co_await() & {
    MINATO_ASSERT(handle_);
    return {handle_};
  }

 private:
  Handle handle_;
};

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}
}  // namespace detail

}  // namespace minato
