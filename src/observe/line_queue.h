// Lines on their way to an output that may be slow: any thread puts them in, none waits.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "observe/writer_thread.h"

namespace minato::observe {

/// Takes lines, each with its newline.
class LineSink {
 public:
  virtual ~LineSink() = default;
  /// False where there is no room and the line is lost. Any thread; never blocks.
  virtual bool put(std::string_view line) = 0;
};

/// Shared: any thread may call anything but `stop`; one thread of its own writes. A lock is held
/// while a line is copied, never while one is written.
/// Bounds: 1 MiB of lines wait.
class LineQueue final : public LineSink {
 public:
  static constexpr std::size_t waiting_bytes_max = 1u << 20;

  /// Begins to write to `output`: "stdout", "stderr" or a path.
  static Result<std::unique_ptr<LineQueue>> open(std::string_view output);
  /// Stops, waiting no longer than a second.
  ~LineQueue() override;

  bool put(std::string_view line) override;
  /// Opens the file anew (see Output::reopen).
  Result<void> reopen();
  /// Writes what waits and ends. False where the output did not take it within `bound`; what is put
  /// in later is lost.
  bool stop(Millis bound);

 private:
  struct Shared;
  explicit LineQueue(std::shared_ptr<Shared> shared);

  std::shared_ptr<Shared> shared_;  ///< with the thread, which may outlive us
  WriterThread thread_;
};

}  // namespace minato::observe
