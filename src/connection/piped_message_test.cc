#include "connection/message_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "connection/test_message_writer.h"

namespace minato::connection {

net::Io Recorder::try_drain(Pipe& pipe) {
  if (room == 0) return {.kind = net::Io::Kind::would_block};
  std::string text(std::min(pipe.held(), room), '\0');
  EXPECT_EQ(::read(pipe.out(), text.data(), text.size()), std::ssize(text));
  pipe.taken(text.size());
  room -= text.size();
  writes.push_back(text);
  return {.kind = net::Io::Kind::moved, .bytes = text.size()};
}

namespace {

using http::Last;
using testing::ElementsAre;
using Kind = BodyFraming::Kind;

class PipedMessage : public MessageWriterTest {
 protected:
  Pipe pipe_with(std::string_view bytes) {
    Pipe pipe = loop.pipes().take();
    EXPECT_EQ(::write(pipe.in(), bytes.data(), bytes.size()), std::ssize(bytes));
    pipe.put(bytes.size());
    return pipe;
  }
};

TEST_F(PipedMessage, TheRestOfABodyOfKnownLengthMayComeByPipes) {
  begin({.kind = Kind::known, .bytes = 11});
  EXPECT_TRUE(write("hello ", Last::no));
  EXPECT_TRUE(writer.takes_pipes());
  Pipe pipe = pipe_with("world");
  EXPECT_TRUE(await(writer.write_piped(pipe, Last::yes, idle)));
  EXPECT_EQ(stream.all(), with_head("hello world"));
  EXPECT_TRUE(writer.complete());
  EXPECT_EQ(writer.body_bytes(), 11u);
  EXPECT_EQ(writer.bytes(), head.size() + 11);
}

TEST_F(PipedMessage, AHeadThatWaitsGoesAheadTogetherWithIt) {
  begin({.kind = Kind::known, .bytes = 5});
  EXPECT_TRUE(writer.takes_pipes());
  Pipe pipe = pipe_with("hello");
  EXPECT_TRUE(await(writer.write_piped(pipe, Last::yes, idle)));
  EXPECT_THAT(stream.writes, ElementsAre(head, "hello"));
  EXPECT_THAT(stream.more_follows, ElementsAre(true));
  EXPECT_TRUE(writer.complete());
  EXPECT_EQ(writer.body_bytes(), 5u);
  EXPECT_EQ(writer.bytes(), head.size() + 5);
  EXPECT_EQ(loop.blocks().lent_bytes(), 0u);
}

TEST_F(PipedMessage, OneOfAnotherFramingMayNot) {
  for (const Kind kind : {Kind::none, Kind::chunked, Kind::to_close}) {
    begin({.kind = kind});
    EXPECT_TRUE(write("hello", Last::no));
    EXPECT_FALSE(writer.takes_pipes());
  }
}

TEST_F(PipedMessage, MoreOrLessThanAnnouncedIsRefused) {
  begin({.kind = Kind::known, .bytes = 5});
  EXPECT_TRUE(await(writer.flush(idle)));
  Pipe more = pipe_with("hello!"), less = pipe_with("hell");
  EXPECT_FALSE(await(writer.write_piped(more, Last::no, idle)));
  EXPECT_FALSE(await(writer.write_piped(less, Last::yes, idle)));
  EXPECT_EQ(stream.all(), head);
  EXPECT_FALSE(writer.complete());
}

TEST_F(PipedMessage, WhatIsNotTakenAtOnceIsWaitedFor) {
  begin({.kind = Kind::known, .bytes = 5});
  EXPECT_TRUE(await(writer.flush(idle)));
  stream.room = 2;
  Pipe pipe = pipe_with("hello");
  Pending<Result<void>> writing(loop, writer.write_piped(pipe, Last::yes, idle));
  EXPECT_FALSE(writing.done() || writer.complete());
  stream.make_room(3);
  world.run_until_idle();
  EXPECT_TRUE(writing.value());
  EXPECT_TRUE(writer.complete());
  EXPECT_EQ(stream.all(), with_head("hello"));
}

TEST_F(PipedMessage, WhoTakesNothingIsGivenUp) {
  begin({.kind = Kind::known, .bytes = 5});
  EXPECT_TRUE(await(writer.flush(idle)));
  stream.room = 0;
  Pipe pipe = pipe_with("hello");
  Pending<Result<void>> writing(loop, writer.write_piped(pipe, Last::yes, idle));
  world.advance(9s);
  EXPECT_FALSE(writing.done());
  world.advance(1s);
  EXPECT_EQ(writing.value().error().fault, Fault::timed_out);
  EXPECT_FALSE(writer.complete());
}

TEST_F(PipedMessage, OfAHeadAheadOfItWhatIsNotTakenIsNotCounted) {
  for (std::size_t taken = 0; taken < head.size() + 5; ++taken) {
    writer.reset();
    stream.make_room(taken);
    begin({.kind = Kind::known, .bytes = 5});
    Pipe pipe = pipe_with("hello");
    {
      const Pending<Result<void>> writing(loop, writer.write_piped(pipe, Last::yes, idle));
      world.run_until_idle();
      EXPECT_FALSE(writing.done());
      EXPECT_TRUE(writer.begun());
    }
    EXPECT_EQ(writer.bytes(), taken);
    EXPECT_EQ(writer.body_bytes(), std::max(taken, head.size()) - head.size());
  }
}

TEST_F(PipedMessage, WhatIsNotTakenIsNotCounted) {
  for (const bool cancelled : {false, true}) {
    stream.make_room(100);
    writer.reset();
    begin({.kind = Kind::known, .bytes = 5});
    EXPECT_TRUE(await(writer.flush(idle)));
    stream.room = 2;
    Pipe pipe = pipe_with("hello");
    {
      Pending<Result<void>> writing(loop, writer.write_piped(pipe, Last::yes, idle));
      world.advance(cancelled ? 1s : 10s);
      EXPECT_NE(writing.done(), cancelled);
    }
    EXPECT_EQ(writer.bytes(), head.size() + 2);
    EXPECT_EQ(writer.body_bytes(), 2);
  }
}

}  // namespace
}  // namespace minato::connection
