#include "connection/body_reader.h"

#include <gtest/gtest.h>

#include "connection/test_body.h"

namespace minato::connection {
namespace {

using http::BodyLength;

struct Whole {
  const char* what;
  BodyLength length;
  std::string_view bytes;
  const char* body;
};
constexpr Whole wholes[] = {
    {"known", BodyLength::known(11), "hello world", "hello world"},
    {"one chunk", chunked, "b\r\nhello world\r\n0\r\n\r\n", "hello world"},
    {"chunks", chunked, "6;x=y\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n", "hello world"},
    {"trailers", chunked, "b\r\nhello world\r\n0\r\nX-Sum: 1\r\n\r\n", "hello world"},
    {"an empty chunked body", chunked, "0\r\n\r\n", ""},
};

TEST(BodyReader, ReadsABodyHoweverItIsSplit) {  // RFC 9112 6, 7.1
  for (const Whole& whole : wholes) {
    for (std::size_t cut = 0; cut <= whole.bytes.size(); ++cut) {
      Body body(whole.length);
      auto reading = body.reading();
      body.connection.send(whole.bytes.substr(0, cut));
      body.connection.send(whole.bytes.substr(cut));
      ASSERT_TRUE(reading.done()) << whole.what << " cut at " << cut;
      EXPECT_EQ(reading.value(), whole.body) << whole.what << " cut at " << cut;
      EXPECT_TRUE(body.reader.complete());
      EXPECT_EQ(body.reader.bytes(), std::string_view(whole.body).size());
    }
  }
}

TEST(BodyReader, LeavesWhatComesBehindTheBody) {
  for (const Whole& whole : wholes) {
    Body body(whole.length);
    body.connection.send(std::string(whole.bytes) + "next");
    EXPECT_EQ(body.read_all(), whole.body) << whole.what;
    EXPECT_EQ(body.buffer.unread(), "next") << whole.what;
  }
}

TEST(BodyReader, NoBodyIsReadWithoutWaiting) {
  for (const BodyLength length : {BodyLength::none(), BodyLength::known(0)}) {
    Body body(length);
    EXPECT_TRUE(body.reader.complete());
    EXPECT_TRUE(body.reader.buffered());
    EXPECT_TRUE(body.reader.read().ready());
  }
}

TEST(BodyReader, ABodyWithoutLengthEndsWithTheConnection) {  // RFC 9112 6.3, 8
  for (const std::string_view sent : {"", "hello"}) {
    Body body(to_close);
    body.connection.send(sent);
    body.connection.end();
    EXPECT_EQ(body.read_all(), std::string(sent));
    EXPECT_TRUE(body.reader.complete());
  }
}

TEST(BodyReader, AResetIsNoEnd) {
  Body body(to_close);
  body.connection.send("hel");
  body.connection.reset();
  const auto got = body.read_all();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().fault, Fault::reset);
  EXPECT_FALSE(body.reader.complete());
}

TEST(BodyReader, AnEarlyEndIsNeverACompleteBody) {  // RFC 9112 8
  for (const Whole& whole : wholes) {
    for (std::size_t cut = 0; cut < whole.bytes.size(); ++cut) {
      Body body(whole.length);
      body.connection.send(whole.bytes.substr(0, cut));
      body.connection.end();
      const auto got = body.read_all();
      ASSERT_FALSE(got) << whole.what << " cut at " << cut;
      EXPECT_EQ(got.error().fault, Fault::closed);
      EXPECT_EQ(got.error().side, Side::upstream);
      EXPECT_FALSE(body.reader.complete());
    }
  }
}

TEST(BodyReader, BrokenChunksAreMalformed) {
  for (const std::string_view bytes : {"x\r\n", "5\r\nhelloX", "-1\r\n", "5 hello", "\r\n"}) {
    Body body(chunked);
    body.connection.send(bytes);
    const auto got = body.read_all();
    ASSERT_FALSE(got) << bytes;
    EXPECT_EQ(got.error().fault, Fault::malformed) << bytes;
  }
}

TEST(BodyReader, ChunksThatCameTogetherAreOnePiece) {
  Body body(chunked);
  body.connection.send("3\r\none\r\n2;x=y\r\n, \r\n3\r\ntwo\r\n6\r\n, th");
  EXPECT_EQ(body.connection.await(body.reader.read()), "one, two, th");
  EXPECT_FALSE(body.reader.complete());
  EXPECT_EQ(body.reader.bytes(), 12u);
  body.connection.send("re\r\n1\r\ne\r\n0\r\n\r\nnext");
  EXPECT_EQ(body.connection.await(body.reader.read()), "ree");
  EXPECT_TRUE(body.reader.complete());
  EXPECT_EQ(body.buffer.unread(), "next");
}

TEST(BodyReader, WhatIsThereIsGivenBeforeTheRestIsWaitedFor) {
  for (const std::string_view begun : {"", "\r\n", "\r\n5", "\r\n5\r\n", "\r\n0\r\nX-Sum:"}) {
    Body body(chunked);
    body.connection.send("3\r\none\r\n5\r\n, two" + std::string(begun));
    Pending<Result<std::string_view>> reading(body.connection.loop, body.reader.read());
    body.connection.world.run_until_idle();
    ASSERT_TRUE(reading.done()) << begun;
    EXPECT_EQ(reading.value(), "one, two") << begun;
    EXPECT_FALSE(body.reader.complete()) << begun;
  }
}

TEST(BodyReader, ALoneChunkComesOutOfTheBufferAsItLies) {
  Body body(chunked);
  body.connection.send("3\r\none\r\n");
  const auto* const place = body.buffer.room_for_body().data();
  EXPECT_EQ(body.connection.await(body.reader.read())->data(), place + 3);
}

TEST(BodyReader, OfChunksThatCameWithABrokenOneNothingIsGiven) {
  for (const bool together : {true, false}) {
    Body body(chunked);
    auto first = [&] { return body.connection.await(body.reader.read()); };
    body.connection.send("3\r\none\r\n3\r\ntwo\r\n" + std::string(together ? "ZZ\r\n" : ""));
    if (!together) {
      EXPECT_EQ(first(), "onetwo");
      body.connection.send("ZZ\r\n");
    }
    const auto got = first();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().fault, Fault::malformed);
    EXPECT_FALSE(body.reader.complete());
  }
}

TEST(BodyReader, GivesTrailersOnceTheBodyHasEnded) {  // RFC 9112 7.1.2
  Body body(chunked);
  body.connection.send("1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
  EXPECT_EQ(body.read_all(), "a");
  ASSERT_NE(body.trailers.find("X-Sum"), nullptr);
  EXPECT_EQ(body.trailers.find("X-Sum")->value, "1");
}

TEST(BodyReader, TheLastPieceIsKnownAsTheLastWhereTheEndIsThere) {
  for (const Whole& whole : {wholes[0], wholes[1]}) {
    Body body(whole.length);
    body.connection.send(whole.bytes);
    EXPECT_EQ(body.connection.await(body.reader.read()), whole.body);
    EXPECT_TRUE(body.reader.complete()) << whole.what;
  }
}

TEST(BodyReader, SoItIsWhereTrailersAreThere) {
  Body body(chunked);
  body.connection.send("1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
  EXPECT_EQ(body.connection.await(body.reader.read()), "a");
  EXPECT_TRUE(body.reader.complete());
  EXPECT_EQ(body.trailers.count(), 1u);
}

TEST(BodyReader, TellsWhetherAllOfItIsBuffered) {
  Body body(BodyLength::known(5));
  EXPECT_FALSE(body.reader.buffered());
  body.connection.send("hell");
  EXPECT_EQ(body.connection.await(body.reader.read()), "hell");
  EXPECT_FALSE(body.reader.buffered());
  body.connection.send("o");
  EXPECT_EQ(body.connection.await(body.reader.read()), "o");
  EXPECT_TRUE(body.reader.buffered());
}

TEST(BodyReader, OneByteOverTheLimitIsTooLarge) {
  for (const auto& [length, bytes] :
       {std::pair{BodyLength::known(6), "hello!"}, std::pair{chunked, "6\r\nhello!\r\n0\r\n\r\n"},
        std::pair{chunked, "3\r\nhel\r\n3\r\nlo!\r\n"}, std::pair{to_close, "hello!"}}) {
    Body within(length, {.bytes_max = 6});
    within.connection.send(bytes);
    if (length == to_close) within.connection.end();
    if (std::string_view(bytes).starts_with("3")) within.connection.send("0\r\n\r\n");
    EXPECT_EQ(within.read_all(), "hello!") << bytes;
    Body over(length, {.bytes_max = 5});
    over.connection.send(bytes);
    const auto got = over.read_all();
    ASSERT_FALSE(got) << bytes;
    EXPECT_EQ(got.error().fault, Fault::too_large);
  }
}

TEST(BodyReader, HoldsOneLargeBlockWhateverTheLengthOfTheBody) {
  Body body(BodyLength::known(1u << 20));
  auto reading = body.reading();
  for (int piece = 0; piece < 16; ++piece) {
    body.connection.send(std::string(1u << 16, 'x'));
    EXPECT_LE(body.connection.loop.blocks().lent_bytes(), ReceiveBuffer::large_block_bytes);
  }
  EXPECT_TRUE(reading.done());
}

TEST(BodyReader, HoldsNoMemoryWhileItWaits) {
  for (const std::size_t size :
       {std::size_t{1}, ReceiveBuffer::block_bytes, std::size_t{100'000}}) {
    Body body(to_close);
    auto reading = body.reading();
    body.connection.send(std::string(size, 'x'));
    EXPECT_EQ(body.connection.loop.blocks().lent_bytes(), 0u) << size;
    body.connection.end();
    EXPECT_EQ(reading.value().value().size(), size);
  }
}

}  // namespace
}  // namespace minato::connection
