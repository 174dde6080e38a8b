#include "observe/output.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <thread>

#include "observe/line_queue.h"
#include "observe/testing.h"

namespace minato::observe {
namespace {

std::shared_ptr<Output> opened(const std::string& path) {
  auto output = Output::open(path);
  EXPECT_TRUE(output.has_value());
  return *output;
}

TEST(Output, AppendsToAFile) {
  Folder folder;
  std::ofstream(folder / "log") << "old\n";
  EXPECT_TRUE(opened(folder / "log")->write("new\n"));
  EXPECT_EQ(contents(folder / "log"), "old\nnew\n");
}

TEST(Output, MakesAFileThatOthersCannotRead) {
  Folder folder;
  const auto output = opened(folder / "log");
  struct stat made{};
  ASSERT_EQ(::stat(output->name().c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0137, 0u);
}

TEST(Output, SaysWhyItCannotOpenAFile) {
  const auto output = Output::open("/nowhere/log");
  ASSERT_FALSE(output.has_value());
  EXPECT_EQ(output.error().fault, Fault::not_found);
  EXPECT_EQ(output.error().os_errno, ENOENT);
}

TEST(Output, DoesNotWaitForTheReaderOfANamedPipe) {
  Folder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto output = Output::open(folder / "pipe");
  ASSERT_FALSE(output.has_value());
  EXPECT_EQ(output.error().os_errno, ENXIO);
}

TEST(Output, ReopensWhatWasMovedAway) {
  Folder folder;
  const auto output = opened(folder / "log");
  ASSERT_TRUE(output->write("one\n"));
  std::filesystem::rename(folder / "log", folder / "log.1");
  ASSERT_TRUE(output->write("two\n"));
  ASSERT_TRUE(output->reopen());
  ASSERT_TRUE(output->write("three\n"));
  EXPECT_EQ(contents(folder / "log.1"), "one\ntwo\n");
  EXPECT_EQ(contents(folder / "log"), "three\n");
}

TEST(Output, KeepsTheOldFileWhereItCannotReopen) {
  Folder folder;
  std::filesystem::create_directory(folder / "a");
  const auto output = opened(folder / "a/log");
  std::filesystem::rename(folder / "a", folder / "b");
  EXPECT_FALSE(output->reopen());
  EXPECT_TRUE(output->write("still\n"));
  EXPECT_EQ(contents(folder / "b/log"), "still\n");
}

TEST(Output, LosesNothingWhenReopenedWhileItWrites) {
  Folder folder;
  const auto output = opened(folder / "log");
  std::thread writer([&] {
    for (int i = 0; i < 2000; ++i) EXPECT_TRUE(output->write("line\n"));
  });
  std::filesystem::rename(folder / "log", folder / "log.1");
  EXPECT_TRUE(output->reopen());
  writer.join();
  EXPECT_EQ(contents(folder / "log").size() + contents(folder / "log.1").size(), 10'000u);
}

// What a pipe takes in one piece is written in one piece: two programs may share it.
TEST(Output, NeverTearsALineInAPipe) {
  Folder folder;
  NamedPipe pipe(folder / "pipe");
  const std::string ours(999, 'a'), theirs(999, 'b');
  const auto pour = [&](const std::string& line) {
    std::string block;
    for (int i = 0; i < 60; ++i) block += line + '\n';
    const auto output = opened(pipe.path);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(output->write(block));
  };
  std::thread one(pour, ours), two(pour, theirs);
  std::thread closer([&] { one.join(), two.join(); });
  std::string text;
  while (text.size() < 2 * 20 * 60 * 1000) text += pipe.read_all();
  closer.join();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(line == ours || line == theirs);
}

TEST(Output, PutsALongLineThroughAPipeToo) {
  Folder folder;
  NamedPipe pipe(folder / "pipe");
  const std::string text = "short\n" + std::string(10'000, 'x') + "\nshort\n";
  std::thread writer([&, output = opened(pipe.path)]() mutable {
    EXPECT_TRUE(output->write(text));
    output.reset();
  });
  EXPECT_EQ(pipe.read_all(), text);
  writer.join();
}

TEST(Output, FailsWhereThePipeHasLostItsReader) {
  Folder folder;
  NamedPipe pipe(folder / "pipe");
  const auto output = opened(pipe.path);
  pipe.reader.close();
  signal(SIGPIPE, SIG_IGN);
  const auto written = output->write("x\n");
  signal(SIGPIPE, SIG_DFL);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().error.os_errno, EPIPE);
  EXPECT_EQ(written.error().lines, 1u);
}

/// Files of this process may have no more bytes than that, for as long as it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

TEST(Output, BeginsANewLineAfterOneThatAFullDiskHasTorn) {
  Folder folder;
  const auto output = opened(folder / "log");
  {
    const FileSizeLimit full(6);
    const auto written = output->write("one\ntwo\nthree\n");
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().lines, 2u) << "the torn one, and what is behind it";
    EXPECT_FALSE(output->write("four\n").has_value());
  }
  EXPECT_TRUE(output->write("five\n"));
  EXPECT_TRUE(output->write("six\n"));
  EXPECT_EQ(contents(folder / "log"), "one\ntw\nfive\nsix\n");
}

TEST(Output, BeginsANewFileWithAWholeLine) {
  Folder folder;
  const auto output = opened(folder / "log");
  {
    const FileSizeLimit full(2);
    EXPECT_FALSE(output->write("one\n").has_value());
  }
  std::filesystem::rename(folder / "log", folder / "log.1");
  ASSERT_TRUE(output->reopen());
  EXPECT_TRUE(output->write("two\n"));
  EXPECT_EQ(contents(folder / "log"), "two\n");
}

TEST(LineQueue, WritesWhatEveryThreadPuts) {
  Folder folder;
  {
    auto queue = *LineQueue::open(folder / "log");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int j = 0; j < 500; ++j) EXPECT_TRUE(queue->put("a line\n"));
      });
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(queue->stop(10s));
    EXPECT_FALSE(queue->put("too late\n"));
  }
  EXPECT_EQ(contents(folder / "log").size(), 4u * 500 * 7);
}

TEST(LineQueue, NeverWaitsForAPipeThatNobodyReads) {
  Folder folder;
  NamedPipe pipe(folder / "pipe");
  auto queue = *LineQueue::open(pipe.path);
  const std::string line = std::string(1023, 'x') + '\n';
  std::size_t taken = 0, refused = 0;
  for (int i = 0; i < 5000; ++i) queue->put(line) ? ++taken : ++refused;
  EXPECT_GE(refused, 5000 - (2 * LineQueue::waiting_bytes_max + (128u << 10)) / line.size());
  EXPECT_FALSE(queue->stop(10ms)) << "it is stuck, and yet the end does not wait";
  queue.reset();
  EXPECT_EQ(pipe.read_all().size(), taken * line.size()) << "what was taken comes out after all";
}

TEST(LineQueue, OpensItsFileAnew) {
  Folder folder;
  auto queue = *LineQueue::open(folder / "log");
  std::filesystem::rename(folder / "log", folder / "log.1");
  EXPECT_TRUE(queue->reopen());
  queue->put("line\n");
  EXPECT_TRUE(queue->stop(10s));
  EXPECT_EQ(contents(folder / "log"), "line\n");
}

}  // namespace
}  // namespace minato::observe
