// How threads talk: a job sent to a loop runs on that loop's thread. The only door between threads.
#pragma once

#include <atomic>
#include <functional>

namespace minato::runtime {

using Job = std::move_only_function<void()>;

/// Shared: any thread may send; the owner's thread alone takes.
/// Order: jobs of one sender run in the order they were sent.
class Mailbox {
 public:
  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  /// Drops what was not taken.
  ~Mailbox();

  /// True where the box was empty, so that the owner must be woken.
  bool put(Job job);
  /// Runs all that is there; jobs that these put wait for the next call.
  void run_all();
  bool empty() const { return newest_.load(std::memory_order_acquire) == nullptr; }

 private:
  struct Letter {
    Job job;
    Letter* next;
  };
  static Letter* reversed(Letter* list) noexcept;

  std::atomic<Letter*> newest_{nullptr};
};

}  // namespace minato::runtime
