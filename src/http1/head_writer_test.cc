#include "http1/head_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "http1/chunked.h"

namespace minato::http1 {
namespace {

using Failure = HeadWriter::Failure;
using http::FieldId;

struct HeadWriterTest : ::testing::Test {
  std::array<char, 512> room;
  HeadWriter writer{room};
  BlockPool pool;
  Arena arena{pool};
  http::Fields fields{arena};
};

TEST_F(HeadWriterTest, WritesARequestHead) {
  fields.add("X-Own", "kept");
  fields.add(FieldId::via, "gone");
  fields.remove(FieldId::via);
  fields.add("host", "example.com");
  writer.request_line("GET", "/a", "?b=c");
  writer.fields(fields);
  writer.field(FieldId::x_forwarded_for, "192.0.2.1", ", ", "192.0.2.2");
  writer.field(FieldId::content_length, std::uint64_t{18446744073709551615u});
  writer.end();
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.written(),
            "GET /a?b=c HTTP/1.1\r\nX-Own: kept\r\nhost: example.com\r\nX-Forwarded-For: "
            "192.0.2.1, 192.0.2.2\r\n"
            "Content-Length: 18446744073709551615\r\n\r\n");
}

TEST_F(HeadWriterTest,
       WritesAResponseHead) {  // RFC 9112 4: the space stands even where no phrase follows
  writer.status_line(204, "");
  writer.field("Server", "");
  writer.end();
  EXPECT_EQ(writer.written(), "HTTP/1.1 204 \r\nServer: \r\n\r\n");
}

TEST_F(HeadWriterTest, FailsWithoutRoomAndWritesNothingPastIt) {
  std::array<char, 24> small;
  small.fill('!');
  HeadWriter tight(std::span<char>(small).first(20));
  tight.request_line("GET", "/", "");  // 16 bytes
  EXPECT_TRUE(tight.ok());
  tight.field("A", "bc");
  tight.end();
  EXPECT_EQ(tight.failure(), Failure::no_room);
  EXPECT_EQ(small[20], '!');
}

TEST_F(HeadWriterTest, FitsToTheByte) {
  std::array<char, 17> exact;
  HeadWriter tight(exact);
  tight.status_line(200, "OK");
  EXPECT_TRUE(tight.ok());
  EXPECT_EQ(tight.written().size(), 17u);
}

TEST_F(HeadWriterTest, CannotSplitAMessage) {
  using namespace std::string_literals;
  for (const std::string& bad : {"a\r\nb"s, "a\nb"s, "a\rb"s, "a\0b"s, "\x7f"s, "\x1b"s}) {
    HeadWriter value(room), name(room), phrase(room), target(room), method(room), part(room);
    value.field("X", bad);
    EXPECT_EQ(value.failure(), Failure::not_writable);
    part.field("X", "fine", bad);
    EXPECT_EQ(part.failure(), Failure::not_writable);
    name.field(bad, "x");
    EXPECT_EQ(name.failure(), Failure::not_writable);
    phrase.status_line(200, bad);
    EXPECT_EQ(phrase.failure(), Failure::not_writable);
    target.request_line("GET", "/" + bad);
    EXPECT_EQ(target.failure(), Failure::not_writable);
    method.request_line(bad, "/");
    EXPECT_EQ(method.failure(), Failure::not_writable);
  }
}

TEST_F(HeadWriterTest, RefusesWhatWouldBeReadAsSomethingElse) {
  for (const char* const target : {"", "/a b", "/\xc3\xbc", "/\t"}) {
    HeadWriter line(room);
    line.request_line("GET", target);
    EXPECT_EQ(line.failure(), Failure::not_writable) << target;
  }
  for (const char* const name : {"", "a b", "a:", " a"}) {
    HeadWriter line(room);
    line.field(name, "x");
    EXPECT_EQ(line.failure(), Failure::not_writable) << name;
  }
  HeadWriter status(room);
  status.status_line(99, "x");
  EXPECT_EQ(status.failure(), Failure::not_writable);
}

TEST_F(HeadWriterTest, WritesNothingMoreAfterAFailure) {
  writer.field("X", "\n");
  const auto before = writer.written().size();
  writer.field("Y", "fine");
  writer.end();
  EXPECT_EQ(writer.written().size(), before);
  EXPECT_FALSE(writer.ok());
}

TEST(ChunkSizeLine, IsHexadecimal) {  // RFC 9112 7.1
  EXPECT_EQ(ChunkSizeLine(1).view(), "1\r\n");
  EXPECT_EQ(ChunkSizeLine(26).view(), "1a\r\n");
  EXPECT_EQ(ChunkSizeLine(~std::uint64_t{0}).view(), "ffffffffffffffff\r\n");
}

TEST_F(HeadWriterTest, WritesTheEndOfAChunkedBody) {
  fields.add("X-Sum", "1");
  write_last_chunk(writer, fields);
  EXPECT_EQ(writer.written(), "0\r\nX-Sum: 1\r\n\r\n");
  EXPECT_EQ(last_chunk, "0\r\n\r\n");
}

}  // namespace
}  // namespace minato::http1
