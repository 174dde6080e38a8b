// Where log lines end: standard output, standard error, or a file that is appended to.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"

namespace minato::observe {

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
  /// than it takes in one piece, so that another program's lines never stand within ours.
  Result<void> write(std::string_view lines);

  /// Opens the path anew, for who has moved the file away; on an error the old file stays in use.
  Result<void> reopen();

 private:
  int descriptor() const;

  const std::string name_;
  const Fd
      file_;  ///< none for the standard streams. The number stays; reopening puts a file behind it
};

}  // namespace minato::observe
