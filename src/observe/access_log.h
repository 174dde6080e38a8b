// The access log: workers append lines to blocks, one thread writes the blocks.
//
// A worker never waits for it. Where the output is slower than the requests and all blocks of a
// worker are on their way, its lines are dropped, counted, and the program log says how many.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "observe/access_format.h"
#include "observe/counters.h"
#include "observe/line_block.h"
#include "observe/log.h"
#include "observe/writer_thread.h"

namespace minato::observe {

struct AccessLogLimits {
  std::size_t block_bytes = 64u << 10;
  std::size_t blocks = 32;     ///< of a worker, at most
  Millis flush_delay = 200ms;  ///< no line waits longer for its block to fill
  Millis drop_interval = 10s;  ///< between two warnings of one worker about drops
};

/// What a service writes and where to. Part of a configuration snapshot, shared by all workers.
struct AccessTarget {
  AccessFormat format;
  std::shared_ptr<Output> output;
};

/// Thread: the one that controls the program; it has a writer thread of its own.
/// Outlive: the workers' loggers are gone before `stop`.
class AccessLog {
 public:
  AccessLog(Log& log, unsigned workers, const AccessLogLimits& limits = {});
  /// Stops, waiting no longer than a second.
  ~AccessLog();

  /// The output of that name ("stdout", "stderr" or a path): the one that is in use, if there is
  /// one, so that a reload keeps its descriptor. It closes when the last snapshot that has it is
  /// gone and its lines are written.
  Result<std::shared_ptr<Output>> output(std::string_view name);

  /// Opens every file anew. What cannot be opened goes on with its old file; the program log says
  /// so.
  void reopen();

  /// Writes what was handed over and ends. False where the outputs did not take it within `bound`.
  bool stop(Millis bound);

 private:
  friend class AccessLogger;
  struct Shared;

  Log& log_;
  std::vector<std::weak_ptr<Output>> outputs_;
  std::shared_ptr<Shared> shared_;  ///< with the thread, which may outlive us
  WriterThread thread_;
};

/// One worker's end. Knows no clock and no timer: after a `write` the worker sets its timer to
/// `due` unless it is set, and calls `flush_due` when it fires. Thread: the worker's.
class AccessLogger {
 public:
  AccessLogger(AccessLog& log, unsigned worker, Counters& counters);
  AccessLogger(const AccessLogger&) = delete;
  AccessLogger& operator=(const AccessLogger&) = delete;
  /// Flushes.
  ~AccessLogger();

  /// Never blocks, and after warm-up never allocates. A line that does not fit into a block has its
  /// texts cut.
  void write(const AccessTarget& target, const AccessLine& line, Instant now);

  /// When `flush_due` has something to do; `never` where nothing is held back.
  Instant due() const;
  void flush_due(Instant now);
  /// Hands over what is there.
  void flush();

 private:
  bool append(const AccessTarget& target, const AccessLine& line, std::size_t text_bytes_max);
  bool append_cut(const AccessTarget& target, const AccessLine& line);
  bool next_block(Instant now);
  void drop(Instant now);
  void say_dropped(std::uint64_t lines);

  const std::shared_ptr<AccessLog::Shared> shared_;
  Log& log_;
  const unsigned worker_;
  Counters& counters_;
  BlockLane& lane_;
  LineBlock* block_ = nullptr;  ///< where lines go now, or null
  Instant flush_at_ = never;    ///< for the block
  Throttle drops_;
  TimeText times_;
};

}  // namespace minato::observe
