// What the tests of this room write to: a folder, a pipe.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/fd.h"

namespace minato::observe {

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

/// A named pipe, with the end that reads from it. What is not read fills it.
struct NamedPipe {
  explicit NamedPipe(const std::string& at) : path(at) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    reader = Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
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
