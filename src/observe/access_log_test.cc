#include "observe/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "observe/testing.h"

namespace minato::observe {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant start{1h};

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct AccessLogTest : testing::Test {
  AccessTarget target(const std::string& path, std::string_view format = "{id}") {
    return {*AccessFormat::compile(format), *access_log->output(path)};
  }
  void make(unsigned workers, const AccessLogLimits& limits = {}) {
    access_log.emplace(log, workers, limits);
    counters = std::vector<Counters>(workers);
  }
  std::uint64_t counted(Counter counter) const { return sum(counters, counter); }

  Folder folder;
  MemorySink said;
  Log log{said};
  std::optional<AccessLog> access_log;
  std::vector<Counters> counters;
};

TEST_F(AccessLogTest, WritesTheLinesOfAllWorkersWhole) {
  make(4);
  const AccessTarget to = target(folder / "log");
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < 4; ++i)
    workers.emplace_back([&, i] {
      AccessLogger logger(*access_log, i, counters[i]);
      for (int n = 0; n < 5000; ++n)
        logger.write(to, {.id = "a line of some length, as lines are"}, start);
    });
  for (auto& worker : workers) worker.join();
  EXPECT_TRUE(access_log->stop(10s));
  const auto lines = lines_in(contents(folder / "log"));
  EXPECT_EQ(lines.size(), counted(Counter::access_log_lines));
  EXPECT_EQ(counted(Counter::access_log_lines) + counted(Counter::access_log_drops), 20'000u);
  EXPECT_THAT(lines, Each(std::string("a line of some length, as lines are")));
}

TEST_F(AccessLogTest, KeepsTheOrderOfAWorkerInEachOfItsOutputs) {
  make(1, {.block_bytes = 64});
  const AccessTarget odd = target(folder / "odd"), even = target(folder / "even", "{id} {status}");
  {
    AccessLogger logger(*access_log, 0, counters[0]);
    for (int n = 0; n < 20; ++n)
      logger.write(n % 2 ? odd : even, {.id = std::to_string(n), .status = 200}, start);
  }
  EXPECT_TRUE(access_log->stop(10s));
  EXPECT_EQ(contents(folder / "odd"), "1\n3\n5\n7\n9\n11\n13\n15\n17\n19\n");
  EXPECT_EQ(contents(folder / "even").substr(0, 18), "0 200\n2 200\n4 200\n");
}

TEST_F(AccessLogTest, HoldsALineNoLongerThanTheFlushDelay) {
  make(1);
  const AccessTarget to = target(folder / "log");
  AccessLogger logger(*access_log, 0, counters[0]);
  EXPECT_EQ(logger.due(), never);
  logger.write(to, {.id = "a"}, start);
  logger.write(to, {.id = "b"}, start + 100ms);
  EXPECT_EQ(logger.due(), start + 200ms) << "of the oldest line";
  logger.flush_due(start + 199ms);
  EXPECT_EQ(logger.due(), start + 200ms);
  logger.flush_due(start + 200ms);
  EXPECT_EQ(logger.due(), never);
  EXPECT_TRUE(access_log->stop(10s));
  EXPECT_EQ(contents(folder / "log"), "a\nb\n");
}

TEST_F(AccessLogTest, TellsTheWriterOfHalfTheBlocksAtOnce) {
  make(1, {.block_bytes = 8, .blocks = 8});
  const AccessTarget to = target(folder / "log");
  AccessLogger logger(*access_log, 0, counters[0]);
  const auto write_at = [&](Millis time) { logger.write(to, {.id = "abcdef"}, start + time); };
  for (int n = 1; n <= 4; ++n) write_at(n * 10ms);
  EXPECT_EQ(logger.due(), start + 210ms) << "three blocks are handed over, and nobody knows of it";
  write_at(50ms);
  EXPECT_EQ(logger.due(), start + 250ms) << "only the last is held back";
  EXPECT_TRUE(access_log->stop(10s));
  EXPECT_EQ(contents(folder / "log"), "abcdef\nabcdef\nabcdef\nabcdef\n");
}

TEST_F(AccessLogTest, CutsALineThatIsLongerThanABlock) {
  make(1, {.block_bytes = 4096});
  const AccessTarget to = target(folder / "log", "{user_agent} {referer} {status}");
  const std::string endless(10'000, '\xff');
  AccessLogger(*access_log, 0, counters[0])
      .write(to, {.referer = "r", .user_agent = endless, .status = 200}, start);
  EXPECT_TRUE(access_log->stop(10s));
  const std::string line = contents(folder / "log");
  EXPECT_EQ(line.size(), 4 * 512 + std::string(" r 200\n").size());
  EXPECT_THAT(line, EndsWith("\\xFF r 200\n"));
}

TEST_F(AccessLogTest, NeverWaitsForAPipeThatNobodyReads) {
  make(1, {.block_bytes = 4096, .blocks = 4});
  NamedPipe pipe(folder / "pipe");
  std::optional to(target(pipe.path));
  {
    AccessLogger logger(*access_log, 0, counters[0]);
    for (int n = 0; n < 20'000; ++n)
      logger.write(*to, {.id = "a line of some length, as lines are"}, start);
  }
  EXPECT_GT(counted(Counter::access_log_drops), 15'000u);
  EXPECT_EQ(counted(Counter::access_log_lines) + counted(Counter::access_log_drops), 20'000u);

  to.reset();
  EXPECT_FALSE(access_log->stop(10ms)) << "stuck, and yet the end does not wait";
  access_log.reset();
  EXPECT_THAT(lines_in(pipe.read_all()), SizeIs(counted(Counter::access_log_lines)))
      << "what was not dropped comes out once somebody reads";
}

TEST_F(AccessLogTest, SaysOnceAnIntervalHowManyLinesWereDropped) {
  make(1, {.block_bytes = 8, .blocks = 0});
  const AccessTarget to = target(folder / "log");
  AccessLogger logger(*access_log, 0, counters[0]);
  for (int second = 0; second < 12; ++second)
    logger.write(to, {.id = "abc"}, start + Seconds(second));
  EXPECT_THAT(said.lines(),
              ElementsAre(EndsWith("worker=0 lines=1\n"), EndsWith("worker=0 lines=10\n")));
  EXPECT_EQ(logger.due(), start + 20s) << "the last one is still to be said";
  logger.flush_due(start + 20s);
  EXPECT_THAT(said.lines(), SizeIs(3));
  EXPECT_EQ(logger.due(), never);
  EXPECT_EQ(counted(Counter::access_log_drops), 12u);
}

TEST_F(AccessLogTest, SaysThatAnOutputFails) {
  make(1);
  const AccessTarget to = target("/dev/full");
  {
    AccessLogger logger(*access_log, 0, counters[0]);
    logger.write(to, {.id = "abc"}, start);
    logger.flush();
    logger.write(to, {.id = "def"}, start);
  }
  EXPECT_TRUE(access_log->stop(10s));
  EXPECT_THAT(said.lines(), SizeIs(2));  // at once, and the rest at the end
  EXPECT_THAT(said.lines(),
              Each(HasSubstr("output=/dev/full reason=\"No space left on device\" lines=1")));
  EXPECT_EQ(access_log->lost_lines(), 2u);
}

TEST_F(AccessLogTest, AStuckOutputCostsAnotherNoLine) {
  make(1, {.block_bytes = 4096, .blocks = 4});
  NamedPipe pipe(folder / "pipe");
  const AccessTarget stuck = target(pipe.path), well = target(folder / "log");
  {
    AccessLogger logger(*access_log, 0, counters[0]);
    for (int n = 0; n < 5000; ++n)
      logger.write(stuck, {.id = "a line of some length, as lines are"}, start);
    for (int n = 0; n < 100; ++n) logger.write(well, {.id = "well"}, start);
  }
  EXPECT_FALSE(access_log->stop(1s)) << "the one is stuck";
  EXPECT_THAT(lines_in(contents(folder / "log")), SizeIs(100));
  EXPECT_THAT(said.lines(), Each(HasSubstr("output=" + pipe.path)));
}

TEST_F(AccessLogTest, SaysAtTheEndWhatWasDroppedSinceItLastSaidSo) {
  make(1, {.block_bytes = 8, .blocks = 0});
  const AccessTarget to = target(folder / "log");
  {
    AccessLogger logger(*access_log, 0, counters[0]);
    for (int n = 0; n < 5; ++n) logger.write(to, {.id = "abc"}, start);
  }
  EXPECT_THAT(said.lines(),
              ElementsAre(EndsWith("worker=0 lines=1\n"), EndsWith("worker=0 lines=4\n")));
}

TEST_F(AccessLogTest, OneStuckWriterDoesNotOutliveTheProgramLogItSpeaksTo) {
  NamedPipe pipe(folder / "pipe");
  auto own_log = std::make_unique<Log>(said);
  auto own = std::make_unique<AccessLog>(*own_log, 1, AccessLogLimits{});
  counters = std::vector<Counters>(1);
  {
    const AccessTarget to{*AccessFormat::compile("{id}"), *own->output(pipe.path)};
    AccessLogger logger(*own, 0, counters[0]);
    for (int n = 0; n < 10'000; ++n) logger.write(to, {.id = "a line of some length"}, start);
  }
  EXPECT_FALSE(own->stop(10ms));
  own.reset();
  own_log.reset();
  pipe.reader.close();  // its write fails now, and there is nobody left to tell
  EXPECT_THAT(said.lines(), IsEmpty());
}

TEST_F(AccessLogTest, SharesAnOutputByItsName) {
  make(1);
  auto first = *access_log->output(folder / "log");
  EXPECT_EQ(*access_log->output(folder / "log"), first);
  EXPECT_NE(*access_log->output(folder / "other"), first);
  EXPECT_FALSE(access_log->output("/nowhere/log").has_value());
}

TEST_F(AccessLogTest, ClosesAnOutputThatNoConfigurationNames) {
  make(1);
  NamedPipe pipe(folder / "pipe");
  {
    const AccessTarget old = target(pipe.path);
    AccessLogger logger(*access_log, 0, counters[0]);
    logger.write(old, {.id = "last"}, start);
  }
  EXPECT_EQ(pipe.read_all(), "last\n") << "ends when the last line is written";
}

TEST_F(AccessLogTest, LosesNothingWhenFilesAreMovedAwayAndOpenedAnew) {
  make(1);
  const AccessTarget to = target(folder / "log");
  std::thread worker([&] {
    AccessLogger logger(*access_log, 0, counters[0]);
    for (int n = 0; n < 20'000; ++n) logger.write(to, {.id = "a line"}, start);
  });
  for (int turn = 1; turn <= 3; ++turn) {
    std::filesystem::rename(folder / "log", folder / ("log." + std::to_string(turn)));
    access_log->reopen();
  }
  worker.join();
  EXPECT_TRUE(access_log->stop(10s));
  std::size_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path))
    bytes += file.file_size();
  EXPECT_EQ(bytes, counted(Counter::access_log_lines) * std::string("a line\n").size());
  EXPECT_EQ(counted(Counter::access_log_drops), 0u);
}

TEST_F(AccessLogTest, SaysWhichFileCouldNotBeOpenedAnew) {
  make(1);
  std::filesystem::create_directory(folder / "a");
  const AccessTarget to = target(folder / "a/log");
  std::filesystem::remove_all(folder / "a");
  access_log->reopen();
  EXPECT_THAT(said.lines(), ElementsAre(HasSubstr("access_log.reopen_failed")));
}

}  // namespace
}  // namespace minato::observe
