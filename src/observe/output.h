// Where log lines end: standard output, standard error, or a file that is appended to.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"

namespace minato::observe {

/// Lines that could not be written, or not to their end.
struct Lost {
  std::uint64_t lines;
  Error error;
};

/// Shared: one thread writes; any thread may reopen meanwhile.
class Output {
 public:
  /// `name` is "stdout", "stderr" or a path. A new file is 0640, less the umask. A named pipe must
  /// have its reader already: what would wait for one is an error.
  static Result<std::shared_ptr<Output>> open(std::string name);

  explicit Output(std::string name, Fd file) : name_(std::move(name)), file_(std::move(file)) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  const std::string& name() const { return name_; }

  /// Writes `lines`, which are whole. Blocks for as long as the other end does. A pipe gets no more
  /// than it takes in one piece, so that another program's lines never stand within ours. What
  /// comes after a line that was torn, as by a full disk, begins a line of its own.
  std::expected<void, Lost> write(std::string_view lines);

  /// Opens the path anew, for who has moved the file away; on an error the old file stays in use.
  Result<void> reopen();

 private:
  int descriptor() const;
  Result<void> write_some(std::string_view& lines);

  const std::string name_;
  /// None for the standard streams. The number stays; reopening puts a file behind it.
  const Fd file_;
  std::atomic<bool> torn_{false};  ///< what was written last ends within a line
};

}  // namespace minato::observe
