#include "observe/output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace minato::observe {
namespace {

bool is_standard_stream(std::string_view name) { return name == "stdout" || name == "stderr"; }

// Opened without blocking for the sake of named pipes, which wait for a reader otherwise; written
// with blocking, which is the writer thread's business.
Result<Fd> open_file(const std::string& path) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  Fd file(::open(path.c_str(), flags, 0640));
  if (!file || ::fcntl(file.get(), F_SETFL, O_APPEND) != 0)
    return fail(fault_of_errno(errno), Side::local, "cannot open the log file", errno);
  return file;
}

bool is_pipe(int fd) {
  struct stat found{};
  return ::fstat(fd, &found) == 0 && S_ISFIFO(found.st_mode);
}

// The whole lines at the front that a pipe takes in one piece; a longer line goes by itself.
std::string_view piece_for_pipe(std::string_view lines) {
  if (lines.size() <= PIPE_BUF) return lines;
  auto end = lines.rfind('\n', PIPE_BUF - 1);
  if (end == std::string_view::npos) end = lines.find('\n');
  return end == std::string_view::npos ? lines : lines.substr(0, end + 1);
}

// Somebody else may have made the stream non-blocking: it is shared with whoever started us.
bool can_go_on(int fd) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd writable{fd, POLLOUT, 0};
  return ::poll(&writable, 1, -1) >= 0 || errno == EINTR;
}

/// Takes off the front of `text` what was written.
Result<void> write_all(int fd, std::string_view& text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (!can_go_on(fd))
      return fail(fault_of_errno(errno), Side::local, "cannot write the log", errno);
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<Output>> Output::open(std::string name) {
  if (is_standard_stream(name)) return std::make_shared<Output>(std::move(name), Fd());
  auto file = open_file(name);
  if (!file) return std::unexpected(file.error());
  return std::make_shared<Output>(std::move(name), std::move(*file));
}

int Output::descriptor() const {
  if (file_) return file_.get();
  return name_ == "stdout" ? STDOUT_FILENO : STDERR_FILENO;
}

std::expected<void, Lost> Output::write(std::string_view lines) {
  const std::string_view all = lines;
  std::string_view line_end = torn_ ? "\n" : "";
  auto done = write_all(descriptor(), line_end);
  if (done) torn_ = false;
  while (done && !lines.empty()) done = write_some(lines);
  if (done) return {};
  const std::size_t written = all.size() - lines.size();
  if (written > 0) torn_ = all[written - 1] != '\n';
  return std::unexpected(
      Lost{static_cast<std::uint64_t>(std::ranges::count(lines, '\n')), done.error()});
}

/// Takes off the front of `lines` what was written.
Result<void> Output::write_some(std::string_view& lines) {
  const int fd = descriptor();
  if (!is_pipe(fd)) return write_all(fd, lines);
  const std::string_view piece = piece_for_pipe(lines);
  std::string_view rest = piece;
  auto done = write_all(fd, rest);
  lines.remove_prefix(piece.size() - rest.size());
  return done;
}

// dup3 changes the file behind the number at once: a write on another thread goes to one of the two
// files, whole.
Result<void> Output::reopen() {
  if (!file_) return {};
  auto file = open_file(name_);
  if (!file) return std::unexpected(file.error());
  if (::dup3(file->get(), file_.get(), O_CLOEXEC) < 0)
    return fail(fault_of_errno(errno), Side::local, "cannot put the new log file in place", errno);
  torn_ = false;
  return {};
}

}  // namespace minato::observe
