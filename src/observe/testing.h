// What tests of logs write to: memory, a folder, a pipe.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "base/fd.h"
#include "observe/line_queue.h"

namespace minato::observe {

/// Keeps the lines. `full` makes it refuse them.
class MemorySink final : public LineSink {
 public:
  bool put(std::string_view line) override {
    const std::lock_guard lock(mutex_);
    if (!full) lines_.emplace_back(line);
    return !full;
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  bool full = false;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// A folder that goes away with the test.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "observe.XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string operator/(const std::string& file) const { return (path / file).string(); }

  std::filesystem::path path;
};

inline std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// A named pipe that holds 4 KiB, with the end that reads from it.
struct NamedPipe {
  explicit NamedPipe(const std::string& at) : path(at) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    reader = Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    EXPECT_EQ(::fcntl(reader.get(), F_SETPIPE_SZ, 4096), 4096);
  }
  /// Waits until all that write to it have closed it.
  std::string read_all() {
    ::fcntl(reader.get(), F_SETFL, 0);
    std::string text;
    char piece[4096];
    for (ssize_t n; (n = ::read(reader.get(), piece, sizeof piece)) > 0;)
      text.append(piece, static_cast<std::size_t>(n));
    return text;
  }

  std::string path;
  Fd reader;
};

}  // namespace minato::observe
