#include "connection/message_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "connection/raw_bytes.h"
#include "connection/test_message_writer.h"

namespace minato::connection {
namespace {

using http::Last;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = BodyFraming::Kind;

TEST_F(MessageWriterTest, AWholeMessageGoesOutInOneWrite) {
  struct Row {
    BodyFraming framing;
    const char* piece;
    const char* body;
    std::uint64_t body_bytes = 5;
  };
  for (const Row& row : {
           Row{{.kind = Kind::none}, "", "", 0},
           Row{{.kind = Kind::known, .bytes = 5}, "hello", "hello"},
           Row{{.kind = Kind::known, .bytes = 0}, "", "", 0},
           Row{{.kind = Kind::chunked}, "hello", "5\r\nhello\r\n0\r\n\r\n"},
           Row{{.kind = Kind::chunked}, "", "0\r\n\r\n", 0},
           Row{{.kind = Kind::to_close}, "hello", "hello"},
           // The answer to HEAD: what is given as its body stays here.
           Row{{.kind = Kind::none}, "hello", "", 0},
       }) {
    stream.writes.clear();
    writer.reset();
    begin(row.framing);
    EXPECT_THAT(stream.writes, IsEmpty());
    EXPECT_TRUE(write(row.piece, Last::yes));
    EXPECT_THAT(stream.writes, ElementsAre(with_head(row.body)));
    EXPECT_TRUE(writer.complete());
    EXPECT_EQ(writer.bytes(), with_head(row.body).size());
    EXPECT_EQ(writer.body_bytes(), row.body_bytes);
    EXPECT_EQ(loop.blocks().lent_bytes(), 0u);
  }
}

TEST_F(MessageWriterTest, PiecesGoOutAsTheyCome) {
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(write("a", Last::no));
  EXPECT_FALSE(writer.complete());
  EXPECT_TRUE(write("0123456789abcdef", Last::no));
  EXPECT_TRUE(await(writer.finish(nullptr, idle)));
  EXPECT_THAT(stream.writes,
              ElementsAre(with_head("1\r\na\r\n"), "10\r\n0123456789abcdef\r\n", "0\r\n\r\n"));
}

TEST_F(MessageWriterTest, SeveralPiecesGoOutInOneCall) {
  const std::array<std::string_view, 3> pieces{"ab", "cde", "f"};
  begin({.kind = Kind::known, .bytes = 6});
  EXPECT_TRUE(await(writer.write(pieces, Last::yes, idle)));
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(await(writer.write(pieces, Last::yes, idle)));
  EXPECT_THAT(stream.writes,
              ElementsAre(with_head("abcdef"), with_head("6\r\nabcdef\r\n0\r\n\r\n")));
}

TEST_F(MessageWriterTest, WhatIsSmallGoesOutInOnePieceWithItsHead) {
  const std::array<std::string_view, 3> pieces{"ab", "cde", "f"};
  const std::string large(2000, 'x');
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(await(writer.write(pieces, Last::no, idle)));
  EXPECT_TRUE(await(writer.write(pieces, Last::yes, idle)));
  begin({.kind = Kind::known, .bytes = large.size()});
  EXPECT_TRUE(write(large, Last::yes));
  EXPECT_THAT(stream.counts, ElementsAre(1, 6, 2));
  EXPECT_EQ(stream.writes.back(), with_head(large));
}

TEST_F(MessageWriterTest, AHeadThatFillsItsRoomIsNotWrittenOver) {
  const std::string field(
      BlockPool::smallest_bytes - head.size() - std::string_view("Via: \r\n").size(), 'v');
  ASSERT_TRUE(writer.compose([&](http1::HeadWriter& to) {
    to.status_line(200, "OK");
    to.field(http::FieldId::via, field);
    to.end();
  }));
  writer.begin_body({.kind = Kind::known, .bytes = 5});
  EXPECT_TRUE(write("hello", Last::yes));
  EXPECT_THAT(stream.counts, ElementsAre(2));
  EXPECT_THAT(stream.writes.back(), testing::EndsWith("v\r\n\r\nhello"));
}

TEST_F(MessageWriterTest, AFlushIsNoEndOfAChunkedBody) {
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(await(writer.flush(idle)));
  EXPECT_THAT(stream.writes, ElementsAre(head));
  EXPECT_TRUE(await(writer.flush(idle)));
  EXPECT_THAT(stream.writes, ElementsAre(head));
  EXPECT_FALSE(writer.complete());
}

TEST_F(MessageWriterTest, TrailersFollowTheLastChunk) {  // RFC 9112 7.1.2
  trailers.add("X-Sum", "1");
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(write("a", Last::no));
  EXPECT_TRUE(await(writer.finish(&trailers, idle)));
  EXPECT_EQ(stream.all(), with_head("1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n"));
  EXPECT_TRUE(writer.complete());
}

TEST_F(MessageWriterTest, TrailersDoNotLoseAPendingHead) {
  trailers.add("X-Sum", "1");
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(await(writer.finish(&trailers, idle)));
  EXPECT_EQ(stream.all(), with_head("0\r\nX-Sum: 1\r\n\r\n"));
}

TEST_F(MessageWriterTest, OnlyAChunkedBodyHasTrailers) {
  trailers.add("X-Sum", "1");
  for (const Kind kind : {Kind::none, Kind::known, Kind::to_close}) {
    stream.writes.clear();
    begin({.kind = kind});
    EXPECT_TRUE(await(writer.finish(&trailers, idle)));
    EXPECT_EQ(stream.all(), head);
  }
}

TEST_F(MessageWriterTest, ABodyIsAsLongAsAnnouncedOrAnError) {  // RFC 9110 8.6
  begin({.kind = Kind::known, .bytes = 5});
  EXPECT_FALSE(write("hello!", Last::no));
  EXPECT_FALSE(write("hell", Last::yes));
  EXPECT_FALSE(await(writer.finish(nullptr, idle)));
  EXPECT_THAT(stream.writes, IsEmpty());
  EXPECT_FALSE(writer.complete());
  EXPECT_TRUE(write("hel", Last::no));
  EXPECT_FALSE(write("lo!", Last::yes));
  EXPECT_TRUE(write("lo", Last::yes));
  EXPECT_EQ(stream.all(), with_head("hello"));
}

TEST_F(MessageWriterTest, NothingIsLostOrDoubledWhereThePeerTakesItSlowly) {
  trailers.add("X-Sum", "1");
  for (std::size_t at_once = 1; at_once < 20; ++at_once) {
    stream.writes.clear();
    stream.make_room(at_once);
    writer.reset();
    begin({.kind = Kind::chunked});
    Pending<Result<void>> piece(loop, writer.write("hello world", Last::no, idle));
    while (!piece.done()) stream.make_room(at_once), world.run_until_idle();
    Pending<Result<void>> last(loop, writer.finish(&trailers, idle));
    while (!last.done()) stream.make_room(at_once), world.run_until_idle();
    EXPECT_EQ(stream.all(), with_head("b\r\nhello world\r\n0\r\nX-Sum: 1\r\n\r\n")) << at_once;
    EXPECT_EQ(writer.bytes(), stream.all().size());
  }
}

TEST_F(MessageWriterTest, IsCompleteWhenTheKernelHasTheLastByteAndNotBefore) {
  stream.make_room(30);
  begin({.kind = Kind::chunked});
  Pending<Result<void>> piece(loop, writer.write(std::string_view("hello"), Last::yes, idle));
  EXPECT_FALSE(writer.complete());
  world.run_until_idle();
  EXPECT_EQ(stream.writes.size(), 1u);
  EXPECT_FALSE(writer.complete());
  stream.make_room(30);
  world.run_until_idle();
  ASSERT_TRUE(piece.done());
  EXPECT_TRUE(writer.complete());
}

TEST_F(MessageWriterTest, IsNotCompleteWhereItsLastWriteIsCancelled) {
  stream.make_room(21);
  begin({.kind = Kind::known, .bytes = 5});
  {
    const Pending<Result<void>> piece(loop, writer.write("hello", Last::yes, idle));
    world.run_until_idle();
    EXPECT_FALSE(piece.done());
  }
  EXPECT_FALSE(writer.complete());
}

TEST_F(MessageWriterTest, InACrowdAHeadWaitsUntilOthersHaveComposedTheirs) {
  loop.set_crowded(true);
  begin({.kind = Kind::known, .bytes = 5});
  {
    const Pending<Result<void>> piece(loop, writer.write("hello", Last::yes, idle));
    EXPECT_FALSE(piece.done());
  }
  EXPECT_THAT(stream.writes, IsEmpty());
  EXPECT_EQ(writer.bytes(), 0u);
  EXPECT_EQ(writer.body_bytes(), 0u);
  EXPECT_FALSE(writer.complete());
}

TEST_F(MessageWriterTest, InACrowdAHeadGoesOutAtOnceWhereItIsToldTo) {
  loop.set_crowded(true);
  begin({.kind = Kind::known, .bytes = 5});
  writer.send_at_once();
  const Pending<Result<void>> piece(loop, writer.write("hello", Last::yes, idle));
  EXPECT_TRUE(piece.done());
  EXPECT_THAT(stream.writes, ElementsAre(with_head("hello")));
}

TEST_F(MessageWriterTest, OfAWriteThatIsCancelledWhatWasTakenIsCounted) {
  const std::string before = with_head("5\r\n"), all = before + "hello\r\n0\r\n\r\n";
  for (std::size_t taken = 0; taken < all.size(); ++taken) {
    writer.reset();
    stream.make_room(taken);
    begin({.kind = Kind::chunked});
    {
      const Pending<Result<void>> piece(loop, writer.write("hello", Last::yes, idle));
      world.run_until_idle();
      EXPECT_FALSE(piece.done());
    }
    EXPECT_EQ(writer.bytes(), taken);
    EXPECT_EQ(writer.body_bytes(),
              std::clamp(taken, before.size(), before.size() + 5) - before.size());
  }
}

TEST(RawBytes, OfAWriteThatIsCancelledWhatWasTakenIsCounted) {
  TestConnection connection(10);
  ReceiveBuffer buffer(connection.loop.blocks());
  RawBytes raw(*connection.near, buffer);
  {
    const Pending<Result<void>> piece(connection.loop, raw.write("more than ten", idle));
    EXPECT_FALSE(piece.done());
  }
  EXPECT_EQ(raw.written_bytes(), 10u);
}

TEST(RawBytes, HoldNoMemoryWhileTheyAreAwaited) {
  TestConnection connection;
  ReceiveBuffer buffer(connection.loop.blocks());
  RawBytes raw(*connection.near, buffer);
  connection.send(std::string(ReceiveBuffer::block_bytes, 'x'));
  EXPECT_EQ(connection.await(raw.read())->size(), ReceiveBuffer::block_bytes);
  Pending<Result<std::string_view>> next(connection.loop, raw.read());
  EXPECT_EQ(connection.loop.blocks().lent_bytes(), 0u);
  connection.send("more");
  EXPECT_EQ(next.value().value(), "more");
}

TEST_F(MessageWriterTest, APeerThatTakesNothingTimesOut) {
  stream.make_room(3);
  begin({.kind = Kind::known, .bytes = 5});
  Pending<Result<void>> piece(loop, writer.write("hello", Last::yes, idle));
  world.advance(9s);
  EXPECT_FALSE(piece.done());
  stream.make_room(3);  // the time runs from the last byte taken
  world.advance(9s);
  EXPECT_FALSE(piece.done());
  world.advance(1s);
  ASSERT_TRUE(piece.done());
  EXPECT_EQ(piece.value().error().fault, Fault::timed_out);
}

TEST_F(MessageWriterTest, AHeadGetsTheRoomThatItNeeds) {
  for (const std::size_t bytes : {10u, 5'000u, 100'000u}) {
    stream.writes.clear();
    ASSERT_TRUE(writer.compose([&](http1::HeadWriter& to) {
      to.status_line(200, "OK");
      to.field("X", std::string(bytes, 'x'));
      to.end();
    }));
    writer.begin_body({});
    EXPECT_TRUE(write("", Last::yes));
    EXPECT_EQ(stream.all(), "HTTP/1.1 200 OK\r\nX: " + std::string(bytes, 'x') + "\r\n\r\n");
  }
}

TEST_F(MessageWriterTest, WhatCannotBeAHeadIsNotSent) {
  const auto composed = [&](const std::string& value) {
    return writer.compose([&](http1::HeadWriter& to) {
      to.status_line(200, "OK");
      to.field("X", value);
      to.end();
    });
  };
  EXPECT_EQ(composed("a\r\nSet-Cookie: b").error().fault, Fault::malformed);
  EXPECT_EQ(composed(std::string(2u << 20, 'x')).error().fault, Fault::too_large);
}

}  // namespace
}  // namespace minato::connection
