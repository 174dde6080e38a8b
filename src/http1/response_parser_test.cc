#include <gtest/gtest.h>

#include "http1/head_parser.h"
#include "http1/parsing_for_tests.h"

namespace minato::http1 {
namespace {

using http::FieldId;
using http::Reason;
using http::Version;

TEST(ResponseParser, ReadsLineAndFields) {
  ResponseUnderTest response("HTTP/1.1 404 Not Found \xc3\xbc\r\nServer: x\r\n\r\nbody");
  ASSERT_EQ(response.feed_all(), Progress::done) << response.parser.refusal().detail;
  EXPECT_EQ(response.head.status, 404);
  EXPECT_EQ(response.head.reason, "Not Found \xc3\xbc");
  EXPECT_EQ(response.head.version, Version::http_1_1);
  EXPECT_EQ(response.head.fields.value(FieldId::server), "x");
  EXPECT_EQ(response.parser.head_size(), response.text.size() - 4);
}

struct StatusCase {
  const char* line;
  std::uint16_t status;
  const char* reason;
  Version version;
};

TEST(ResponseParser, ReadsStatusLinesAsTheyAreSent) {  // RFC 9112 4
  constexpr StatusCase cases[] = {
      {"HTTP/1.1 200 OK", 200, "OK", Version::http_1_1},
      {"HTTP/1.0 200 OK", 200, "OK", Version::http_1_0},
      {"HTTP/1.7 200 OK", 200, "OK", Version::http_1_1},
      {"HTTP/1.1 200 ", 200, "", Version::http_1_1},
      {"HTTP/1.1 200", 200, "", Version::http_1_1},  // without the space that is due
      {"HTTP/1.1 103 Early Hints", 103, "Early Hints", Version::http_1_1},
      {"HTTP/1.1 999 \tx ", 999, "\tx ", Version::http_1_1},
  };
  for (const StatusCase& c : cases) {
    ResponseUnderTest response(std::string(c.line) + "\r\n\r\n");
    ASSERT_EQ(response.feed_all(), Progress::done) << c.line;
    EXPECT_EQ(response.head.status, c.status) << c.line;
    EXPECT_EQ(response.head.reason, c.reason) << c.line;
    EXPECT_EQ(response.head.version, c.version) << c.line;
  }
}

TEST(ResponseParser, HoldsAnOriginToTheSameGrammar) {
  using namespace std::string_literals;
  const std::string cases[] = {
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\nServer: x\n\n",
      "HTTP/1.1 200 OK\r\nServer: x\n\r\n",
      "HTTP/2.0 200 OK\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 099 OK\r\n\r\n",
      "HTTP/1.1 -20 OK\r\n\r\n",
      "HTTP/1.1 200\tOK\r\n\r\n",
      "HTTP/1.1\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
      "HTTP/1.1 200 a\rb\r\n\r\n",
      "HTTP/1.1 200 a\0b\r\n\r\n"s,
      "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: \0\r\n\r\n"s,
      "HTTP/1.1 200 OK\r\nX\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
      "<html></html>\r\n\r\n",
  };
  for (const std::string& bytes : cases) {
    ResponseUnderTest response(bytes), bytewise(bytes);
    EXPECT_EQ(response.feed_all(), Progress::refused) << bytes;
    EXPECT_EQ(response.parser.refusal().reason, Reason::upstream_malformed) << bytes;
    EXPECT_EQ(bytewise.feed_bytewise(), Progress::refused) << bytes;
    EXPECT_STREQ(response.parser.refusal().detail, bytewise.parser.refusal().detail);
  }
}

TEST(ResponseParser, HoldsItsLimitsToTheByte) {
  const std::string head = "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n";
  EXPECT_EQ(ResponseUnderTest(head, {.head_bytes = head.size()}).feed_all(), Progress::done);
  EXPECT_EQ(ResponseUnderTest(head, {.field_count = 2}).feed_all(), Progress::done);
  for (const HeadLimits& limits :
       {HeadLimits{.head_bytes = head.size() - 1}, HeadLimits{.field_count = 1}}) {
    ResponseUnderTest response(head, limits);
    EXPECT_EQ(response.feed_bytewise(), Progress::refused);
    EXPECT_EQ(response.parser.refusal().reason, Reason::upstream_head_too_large);
  }
}

TEST(ResponseParser, ReadsInterimResponsesOneByOne) {  // RFC 9110 15.2
  ResponseUnderTest response("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
  ASSERT_EQ(response.feed_all(), Progress::done);
  EXPECT_TRUE(response.head.interim());
  const auto rest = std::string_view(response.text).substr(response.parser.head_size());
  response.parser.reset();
  ASSERT_EQ(response.parser.feed(rest), Progress::done);
  EXPECT_EQ(response.head.status, 200);
}

}  // namespace
}  // namespace minato::http1
