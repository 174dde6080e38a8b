// A Scope owns tasks that nobody awaits: the connections of a server, the probes of a checker.
//
// A task that ends is forgotten; destroying the scope cancels what still runs. That is the tree of
// ownership: nothing is detached.
#pragma once

#include <coroutine>
#include <cstddef>

#include "base/intrusive_list.h"
#include "base/task.h"
#include "runtime/loop.h"

namespace minato::runtime {

/// Thread: the loop's.
class Scope {
 public:
  explicit Scope(Loop& loop) : loop_(loop) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { cancel_all(); }

  /// Runs `task` at once until it first waits; from then on the loop drives it.
  void start(Task<void> task);
  std::size_t running() const { return running_; }
  /// Destroys every task, newest first. Not from inside one of them.
  void cancel_all() noexcept;

  /// co_await scope.empty(): waits until nothing runs. One waiter at a time.
  class Empty final : Turn {
   public:
    explicit Empty(Scope& scope) : scope_(scope) {}
    ~Empty() {
      if (scope_.waiter_ == this) scope_.waiter_ = nullptr;
    }
    bool await_ready() const noexcept { return scope_.running_ == 0; }
    void await_suspend(std::coroutine_handle<> who) noexcept {
      who_ = who;
      scope_.waiter_ = this;
    }
    void await_resume() const noexcept {}

   private:
    friend class Scope;
    void run() override { who_.resume(); }
    Scope& scope_;
    std::coroutine_handle<> who_;
  };
  Empty empty() { return Empty(*this); }

 private:
  struct Root;
  static Root run(Scope& scope, Task<void> task);
  void ended();

  Loop& loop_;
  IntrusiveList<ListLink> roots_;
  std::size_t running_ = 0;
  Empty* waiter_ = nullptr;
};

}  // namespace minato::runtime
