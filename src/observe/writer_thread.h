// A thread that writes to what may not take it, and which the end of the program does not wait for
// beyond a bound.
#pragma once

#include <functional>
#include <future>
#include <thread>

#include "base/time.h"

namespace minato::observe {

class WriterThread {
 public:
  /// Runs `body` with every signal blocked: signals are for another thread, and a pipe without a
  /// reader is an error of the write. `body` shares the ownership of all that it uses, since it
  /// may outlive this object.
  explicit WriterThread(std::move_only_function<void()> body);
  WriterThread(const WriterThread&) = delete;
  WriterThread& operator=(const WriterThread&) = delete;
  /// `join_within` was called, or the body has ended.
  ~WriterThread();

  bool ended() const { return ended_.wait_for(0ms) == std::future_status::ready; }
  /// Waits for the body to end. False where it did not within `bound`: it is left alone then, stuck
  /// in its write, until the process ends.
  bool join_within(Millis bound);

 private:
  std::future<void> ended_;
  std::thread thread_;
};

}  // namespace minato::observe
