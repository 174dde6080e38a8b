// How long a sender has, and how slow it may be.
#include <gtest/gtest.h>

#include "connection/test_body.h"

namespace minato::connection {
namespace {

using http::BodyLength;

TEST(BodyReader, GivesUpOnASilentSender) {
  Body body(BodyLength::known(5), {.idle = 10s});
  auto reading = body.reading();
  body.connection.send("he");
  body.connection.world.advance(9s);
  body.connection.send("l");
  body.connection.world.advance(9s);  // the time runs from the last byte
  EXPECT_FALSE(reading.done());
  body.connection.world.advance(1s);
  ASSERT_TRUE(reading.done());
  EXPECT_EQ(reading.value().error().fault, Fault::timed_out);
}

TEST(BodyReader, WaitsForeverWhereNoLimitIsSet) {
  Body body(BodyLength::known(5), {.idle = 0s});
  auto reading = body.reading();
  body.connection.world.advance(24h);
  EXPECT_FALSE(reading.done());
  body.connection.send("hello");
  EXPECT_EQ(reading.value(), "hello");
}

TEST(BodyReader, ASenderBelowTheLeastRateIsCutOffAfterTheGrace) {
  Body body(BodyLength::known(100'000), {.idle = 60s, .rate_min = 100});
  auto reading = body.reading();
  for (int second = 0; second < 30; ++second) {
    EXPECT_FALSE(reading.done()) << second;
    body.connection.send(std::string(99, 'x'));
    body.connection.world.advance(1s);
  }
  ASSERT_TRUE(reading.done());
  EXPECT_EQ(reading.value().error().fault, Fault::timed_out);
}

TEST(BodyReader, ASenderAtTheLeastRateIsNot) {
  Body body(BodyLength::known(12'000), {.idle = 60s, .rate_min = 100});
  auto reading = body.reading();
  for (int second = 0; second < 119; ++second) {
    body.connection.send(std::string(100, 'x'));
    EXPECT_FALSE(reading.done()) << second;
    body.connection.world.advance(1s);
  }
  body.connection.send(std::string(100, 'x'));
  ASSERT_TRUE(reading.done());
  EXPECT_TRUE(reading.value());
}

TEST(BodyReader, WhoSentMuchAtFirstMayRestUntilTheRateIsReached) {
  Body body(BodyLength::known(100'000), {.idle = 0s, .rate_min = 100});
  auto reading = body.reading();
  body.connection.send(std::string(5'000, 'x'));
  body.connection.world.advance(49s);
  EXPECT_FALSE(reading.done());
  body.connection.world.advance(2s);
  ASSERT_TRUE(reading.done());
  EXPECT_EQ(reading.value().error().fault, Fault::timed_out);
}

TEST(BodyReader, OnlyTheTimeInWhichTheSenderIsWaitedForCounts) {
  Body body(BodyLength::known(100'000), {.idle = 60s, .rate_min = 1000});
  for (int piece = 0; piece < 100; ++piece) {
    body.connection.send(std::string(1000, 'x'));
    body.connection.world.advance(10s);  // nobody reads
    const auto got = body.connection.await(body.reader.read());
    ASSERT_TRUE(got) << piece;
  }
  EXPECT_TRUE(body.reader.complete());
}

TEST(BodyReader, TheTimeOfAReadThatWasGivenUpCountsForTheNext) {
  for (const std::uint64_t rate : {0u, 100u}) {
    Body body(BodyLength::known(5), {.idle = rate == 0 ? 10s : 0s, .rate_min = rate});
    const Millis limit = rate == 0 ? 10s : min_rate_grace;
    for (const Millis part : {limit / 2, limit / 4}) {
      const auto given_up = body.reading();
      body.connection.world.advance(part);
    }
    body.connection.world.advance(1h);  // nobody waits
    auto last = body.reading();
    body.connection.world.advance(limit / 4 - 1ms);
    EXPECT_FALSE(last.done());
    body.connection.world.advance(1ms);
    ASSERT_TRUE(last.done());
    EXPECT_EQ(last.value().error().fault, Fault::timed_out);
  }
}

TEST(BodyReader, AByteEndsTheTimeOfReadsThatWereGivenUp) {
  Body body(BodyLength::known(5), {.idle = 10s});
  {
    auto given_up = body.reading();
    body.connection.world.advance(9s);
  }
  auto reading = body.reading();
  body.connection.send("h");
  body.connection.world.advance(9s);
  EXPECT_FALSE(reading.done());
}

TEST(BodyReader, ASenderThatWasToWaitAndSendsAllTheSameHasItsTime) {
  for (const bool at_once : {false, true}) {
    Body body(BodyLength::known(5), {.idle = 10s});
    body.reader.hold();
    if (at_once) body.connection.send("h");
    auto reading = body.reading();
    if (!at_once) body.connection.send("h");
    EXPECT_FALSE(reading.done());
    body.connection.world.advance(10s);
    ASSERT_TRUE(reading.done()) << at_once;
    EXPECT_EQ(reading.value().error().fault, Fault::timed_out);
  }
}

TEST(BodyReader, NoTimeRunsAgainstASenderThatIsToWait) {  // RFC 9110 10.1.1
  for (const std::uint64_t rate : {0u, 100u}) {
    Body body(BodyLength::known(5), {.idle = 10s, .rate_min = rate});
    body.reader.hold();
    auto reading = body.reading();
    body.connection.world.advance(105s);
    EXPECT_FALSE(reading.done());
    body.reader.release();
    body.connection.world.advance(9s);
    EXPECT_FALSE(reading.done());
    body.connection.world.advance(1s);
    ASSERT_TRUE(reading.done());
    EXPECT_EQ(reading.value().error().fault, Fault::timed_out);
  }
}

}  // namespace
}  // namespace minato::connection
