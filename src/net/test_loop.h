// What the tests of this folder share: a loop that runs until their tasks have ended.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::net {

class LoopTest : public testing::Test {
 protected:
  /// Begins `task` at once.
  void start(Task<void> task) { tasks.start(std::move(task)); }
  /// Runs the loop until every task has ended.
  void settle() {
    watch_.start(stop_when_done(*this));
    loop->run();
  }
  void run(Task<void> task) {
    start(std::move(task));
    settle();
  }

  std::unique_ptr<runtime::EpollLoop> loop = runtime::EpollLoop::make(1).value();

 private:
  static Task<void> stop_when_done(LoopTest& self) {
    co_await self.tasks.empty();
    self.loop->stop();
  }
  runtime::Scope watch_{*loop};

 protected:
  runtime::Scope tasks{*loop};
};

}  // namespace minato::net
