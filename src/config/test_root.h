// For tests: a folder that stands for "/".
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace minato::config::testing {

class FakeRoot {
 public:
  FakeRoot() { EXPECT_NE(::mkdtemp(path_.data()), nullptr); }
  ~FakeRoot() { std::filesystem::remove_all(path_); }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& file, const std::string& text) {
    const auto place = std::filesystem::path(path_) / file;
    std::filesystem::create_directories(place.parent_path());
    std::ofstream(place) << text;
  }

 private:
  std::string path_ = ::testing::TempDir() + "minato-root-XXXXXX";
};

}  // namespace minato::config::testing
