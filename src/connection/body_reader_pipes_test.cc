// A body that does not come into memory.
#include <gtest/gtest.h>
#include <unistd.h>

#include "connection/test_body.h"

namespace minato::connection {
namespace {

using http::BodyLength;

class PipedBody : public Body {
 public:
  using Body::Body;
  /// What comes next by a pipe.
  Result<std::string> read_piped() {
    auto pipe = connection.await(reader.read_piped());
    if (!pipe) return std::unexpected(pipe.error());
    std::string bytes(pipe->held(), '\0');
    EXPECT_EQ(::read(pipe->out(), bytes.data(), bytes.size()), std::ssize(bytes));
    pipe->taken(bytes.size());
    return bytes;
  }
};

TEST(BodyReader, WhatWasNotReadYetCanComeByPipes) {
  PipedBody body(BodyLength::known(11));
  EXPECT_EQ(body.reader.unseen(), 11u);
  body.connection.send("hello ");
  EXPECT_EQ(body.connection.await(body.reader.read()), "hello ");
  EXPECT_EQ(body.reader.unseen(), 5u);
  body.connection.send("world, and the next");
  EXPECT_EQ(body.read_piped(), "world");
  EXPECT_EQ(body.reader.unseen(), 0u);
  EXPECT_TRUE(body.reader.complete());
  EXPECT_EQ(body.reader.bytes(), 11u);
}

TEST(BodyReader, WhatIsInTheBufferOrHasNoLengthOrIsOverTheLimitDoesNotComeByPipes) {
  Body buffered(BodyLength::known(11));
  buffered.connection.send("hello world");
  buffered.connection.world.run_until_idle();
  buffered.buffer.received(
      buffered.connection.near->read_now(buffered.buffer.room_for_body())->value());
  EXPECT_EQ(buffered.reader.unseen(), 0u);
  for (const BodyLength length : {chunked, to_close, BodyLength::none()})
    EXPECT_EQ(Body(length).reader.unseen(), 0u);
  EXPECT_EQ(Body(BodyLength::known(6), {.bytes_max = 5}).reader.unseen(), 0u);
  EXPECT_EQ(Body(BodyLength::known(6), {.bytes_max = 6}).reader.unseen(), 6u);
}

TEST(BodyReader, AnEarlyEndIsNoCompleteBodyByPipesEither) {
  PipedBody body(BodyLength::known(11));
  body.connection.send("hello");
  body.connection.end();
  EXPECT_EQ(body.read_piped(), "hello");
  EXPECT_EQ(body.read_piped().error().fault, Fault::closed);
  EXPECT_FALSE(body.reader.complete());
}

TEST(BodyReader, ASilentSenderIsGivenUpByPipesToo) {
  PipedBody body(BodyLength::known(11), {.idle = 10s});
  Pending<Result<Pipe>> reading(body.connection.loop, body.reader.read_piped());
  body.connection.world.advance(9s);
  EXPECT_FALSE(reading.done());
  body.connection.world.advance(1s);
  ASSERT_TRUE(reading.done());
  EXPECT_EQ(reading.value().error().fault, Fault::timed_out);
}

TEST(BodyReader, ASenderBelowTheLeastRateIsCutOffByPipesToo) {
  PipedBody body(BodyLength::known(100'000), {.idle = 60s, .rate_min = 100});
  int seconds = 0;
  for (bool cut = false; !cut && seconds < 60; ++seconds) {
    Pending<Result<Pipe>> reading(body.connection.loop, body.reader.read_piped());
    body.connection.world.advance(1s);
    body.connection.send(std::string(99, 'x'));
    ASSERT_TRUE(reading.done());
    cut = !reading.value();
    if (cut) {
      EXPECT_EQ(reading.value().error().fault, Fault::timed_out);
    }
  }
  EXPECT_LE(seconds, 31);
}

}  // namespace
}  // namespace minato::connection
