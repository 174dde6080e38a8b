// One output of the access log, with a thread that writes to it and to nothing else: an output that
// is stuck costs the others no line.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "observe/line_block.h"
#include "observe/log.h"
#include "observe/output.h"
#include "observe/throttle.h"

namespace minato::observe {

struct AccessLogLimits {
  std::size_t block_bytes = 64u << 10;
  std::size_t blocks = 48;     ///< of a worker and output, at most
  Millis flush_delay = 200ms;  ///< no line waits longer until the writer is told of it
  Millis drop_interval = 10s;  ///< between two warnings of one worker and output about drops
};

/// What writer threads tell, who may outlive the program log. Shared: any thread.
class AccessLogTrouble {
 public:
  explicit AccessLogTrouble(Log& log) : log_(&log) {}

  void lost(const Lost& lines) { lost_.fetch_add(lines.lines, std::memory_order_relaxed); }
  std::uint64_t lost_lines() const { return lost_.load(std::memory_order_relaxed); }
  void say(const std::string& output, int os_errno, std::uint64_t times);
  /// The program log may go: a writer that is stuck does not use it when it gets free.
  void abandon();

 private:
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  Log* log_;
};

/// What one worker has at an output. Thread: the worker's, but for the other end of the lane.
struct AccessSeat {
  explicit AccessSeat(const AccessLogLimits& limits)
      : lane(limits.block_bytes, limits.blocks), drops(limits.drop_interval) {}

  BlockLane lane;
  LineBlock* block = nullptr;  ///< where lines go now, or null
  std::size_t untold = 0;      ///< blocks that were handed over since the writer was last told
  Instant flush_at = never;    ///< for those and the block; `never` where there is nothing
  Throttle drops;
  bool waits = false;  ///< the worker's logger knows that something is held back here
};

/// Thread: `seat` each worker its own; `run` on the writer thread; the rest on any.
class AccessOutput {
 public:
  AccessOutput(std::shared_ptr<Output> output, unsigned workers, const AccessLogLimits& limits,
               std::shared_ptr<AccessLogTrouble> trouble);

  const std::string& name() const { return output_->name(); }
  AccessSeat& seat(unsigned worker) { return seats_[worker]; }
  Result<void> reopen() { return output_->reopen(); }

  /// Wakes the writer: something was handed over.
  void ring();
  /// Writes what was handed over, and ends.
  void stop();
  /// The body of the writer thread.
  void run();

 private:
  bool write_round();
  void write(const LineBlock& block);

  const std::shared_ptr<Output> output_;
  std::deque<AccessSeat> seats_;  // one a worker
  std::atomic<int> bell_{0};
  std::atomic<bool> stopping_{false};

  // The writer's own.
  const std::shared_ptr<AccessLogTrouble> trouble_;
  Throttle failures_;
  int last_errno_ = 0;
};

}  // namespace minato::observe
