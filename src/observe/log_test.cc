#include "observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observe/testing.h"

namespace minato::observe {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

struct LogTest : testing::Test {
  /// The only line, without its time.
  std::string line() {
    EXPECT_THAT(sink.lines(), SizeIs(1));
    const std::string whole = sink.lines().at(0);
    return whole.substr(whole.find(' ') + 1);
  }
  MemorySink sink;
  Log log{sink, {.level = LogLevel::debug}};
};

TEST_F(LogTest, WritesTimeLevelEventMessageAndFacts) {
  log.warn("endpoint.down", "endpoint 127.0.0.1:8001 is down",
           {{"service", "api"}, {"reason", "connect refused"}, {"failures", 3}});
  EXPECT_THAT(sink.lines(),
              ElementsAre(MatchesRegex(
                  "20[0-9-]{8}T[0-9:]{8}\\.[0-9]{3}Z warn endpoint\\.down: endpoint "
                  "127\\.0\\.0\\.1:8001 is down service=api reason=\"connect refused\" "
                  "failures=3\n")));
}

TEST_F(LogTest, WritesOneJsonObjectALine) {
  log.set({.level = LogLevel::debug, .format = LogFormat::json});
  log.error("reload.refused", "the \"new\" file is bad", {{"faults", 2u}, {"file", "a\nb"}});
  EXPECT_THAT(sink.lines(),
              ElementsAre(MatchesRegex(
                  "\\{\"time\":\"20[0-9T:.-]+Z\",\"level\":\"error\",\"event\":\"reload"
                  "\\.refused\",\"message\":\"the \\\\\"new\\\\\" file is bad\","
                  "\"faults\":2,\"file\":\"a\\\\u000ab\"\\}\n")));
}

TEST_F(LogTest, QuotesAValueThatCouldBeTakenForAnother) {
  log.info("e", "m", {{"a", ""}, {"b", "x=y"}, {"c", "q\""}, {"d", "h\u00fc"}, {"e", "/p?q&r"}});
  EXPECT_EQ(line(), "info e: m a=\"\" b=\"x=y\" c=\"q\\\"\" d=h\u00fc e=/p?q&r\n");
}

TEST_F(LogTest, NoValueCanForgeALine) {
  log.info("e", "one\ntwo\x1b[2J", {{"a", "x\nerror forged: y"}});
  EXPECT_EQ(line(), "info e: one\\x0Atwo\\x1B[2J a=\"x\\u000aerror forged: y\"\n");
}

TEST_F(LogTest, TakesBracesAsTheyAre) {
  log.info("e", "{} %v {0}");
  EXPECT_EQ(line(), "info e: {} %v {0}\n");
}

TEST_F(LogTest, WritesNumbersOfEveryWidth) {
  log.info("e", "m", {{"a", std::int64_t{-9223372036854775807}}, {"b", ~std::uint64_t{0}}});
  EXPECT_THAT(line(), EndsWith("a=-9223372036854775807 b=18446744073709551615\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  log.set({.level = LogLevel::warn});
  log.debug("e", "m"), log.info("e", "m"), log.warn("e", "m"), log.error("e", "m");
  EXPECT_THAT(sink.lines(), ElementsAre(HasSubstr(" warn "), HasSubstr(" error ")));
  EXPECT_FALSE(log.enabled(LogLevel::info));
  EXPECT_TRUE(log.enabled(LogLevel::warn));
}

TEST_F(LogTest, CutsValuesThatMakeALineTooLong) {
  const std::string endless(100'000, 'x');
  log.info("e", "m", {{"a", endless}, {"b", "kept"}});
  EXPECT_EQ(line(), "info e: m a=" + endless.substr(0, 512) + " b=kept\n");
}

TEST_F(LogTest, SaysHowManyLinesWereLost) {
  sink.full = true;
  log.info("e", "one"), log.info("e", "two");
  sink.full = false;
  log.info("e", "three");
  log.info("e", "four");
  EXPECT_THAT(sink.lines(),
              ElementsAre(EndsWith("warn log.lost: lines were lost: the output is too "
                                   "slow lines=2\n"),
                          EndsWith("three\n"), EndsWith("four\n")));
}

TEST_F(LogTest, WarnsOnceAnIntervalAboutTheSameThing) {
  Throttle throttle(10s);
  const Instant start{1h};
  for (int second = 0; second < 15; ++second)
    warn_throttled(log, throttle, start + Seconds(second), "accept.failed", "out of descriptors");
  EXPECT_THAT(sink.lines(), ElementsAre(EndsWith("times=1\n"), EndsWith("times=10\n")));
}

}  // namespace
}  // namespace minato::observe
