// The access log: workers append lines to blocks, a thread for each output writes them.
//
// A worker never waits for it. Where an output is slower than the requests and all blocks of a
// worker for it are on their way, its lines are dropped, counted, and the program log says how
// many. So are those that could not be written.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "observe/access_format.h"
#include "observe/access_output.h"
#include "observe/counters.h"
#include "observe/log.h"
#include "observe/writer_thread.h"

namespace minato::observe {

/// What a service writes and where to. Part of a configuration snapshot, shared by all workers.
struct AccessTarget {
  AccessFormat format;
  std::shared_ptr<AccessOutput> output;
};

/// Thread: the one that controls the program; each output has a writer thread of its own.
/// Outlive: the workers' loggers are gone before `stop`.
class AccessLog {
 public:
  AccessLog(Log& log, unsigned workers, const AccessLogLimits& limits = {});
  /// Stops, waiting no longer than a second.
  ~AccessLog();

  /// The output of that name ("stdout", "stderr" or a path): the one that is in use, if there is
  /// one, so that a reload keeps its descriptor. It closes when the last snapshot that has it is
  /// gone and its lines are written.
  Result<std::shared_ptr<AccessOutput>> output(std::string_view name);

  /// Opens every file anew. What cannot be opened goes on with its old file; the program log says
  /// so.
  void reopen();

  /// Lines that were handed over and could not be written, to a full disk say. Any thread.
  std::uint64_t lost_lines() const { return trouble_->lost_lines(); }

  /// Writes what was handed over and ends. False where the outputs did not take it within `bound`.
  bool stop(Millis bound);

 private:
  friend class AccessLogger;
  std::shared_ptr<AccessOutput> start_writer(std::shared_ptr<Output> opened);

  Log& log_;
  const unsigned workers_;
  const AccessLogLimits limits_;
  const std::shared_ptr<AccessLogTrouble> trouble_;  // with the threads, which may outlive us
  std::vector<std::weak_ptr<AccessOutput>> outputs_;
  std::vector<std::unique_ptr<WriterThread>> writers_;
};

/// One worker's end. Knows no clock and no timer: after a `write` the worker sets its timer to
/// `due` unless it is set, and calls `flush_due` when it fires. Thread: the worker's.
class AccessLogger {
 public:
  AccessLogger(AccessLog& log, unsigned worker, Counters& counters);
  AccessLogger(const AccessLogger&) = delete;
  AccessLogger& operator=(const AccessLogger&) = delete;
  /// Flushes, and says what was not said yet.
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
  AccessSeat& seat_of(AccessOutput& output) const { return output.seat(worker_); }
  bool append(const AccessTarget& target, const AccessLine& line, std::size_t text_bytes_max);
  bool append_cut(const AccessTarget& target, const AccessLine& line);
  void flush(AccessOutput& output);
  void hand_over(AccessOutput& output);
  void drop(AccessOutput& output, Instant now);
  void say_dropped(const AccessOutput& output, std::uint64_t lines);
  void forget_settled();

  Log& log_;
  const AccessLogLimits limits_;
  const unsigned worker_;
  Counters& counters_;
  std::vector<std::shared_ptr<AccessOutput>> waiting_;  // where something is held back
  TimeText times_;
};

}  // namespace minato::observe
