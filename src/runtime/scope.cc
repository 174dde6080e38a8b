#include "runtime/scope.h"

namespace minato::runtime {

/// The coroutine around a task: stands in the scope's list and frees itself at its end.
struct Scope::Root {
  struct promise_type : ListLink {
    promise_type(Scope& owner, Task<void>&) : scope(owner) {
      scope.roots_.push_back(*this);
      ++scope.running_;
    }
    ~promise_type() { scope.ended(); }
    static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept {
      free_frame(frame, bytes);
    }

    Root get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }

    Scope& scope;
  };
};

Scope::Root Scope::run(Scope&, Task<void> task) { co_await task; }

void Scope::start(Task<void> task) { run(*this, std::move(task)); }

void Scope::ended() {
  if (--running_ == 0 && waiter_ != nullptr) loop_.defer(*std::exchange(waiter_, nullptr));
}

void Scope::cancel_all() noexcept {
  while (!roots_.empty()) {
    auto& newest = static_cast<Root::promise_type&>(roots_.back());
    std::coroutine_handle<Root::promise_type>::from_promise(newest).destroy();
  }
}

}  // namespace minato::runtime
