#include "http1/framing.h"

#include <gtest/gtest.h>

#include "http1/parsing_for_tests.h"

namespace minato::http1 {
namespace {

using http::BodyLength;
using http::Method;
using http::Reason;
using Kind = http::BodyLength::Kind;

std::string describe(const Accepted<BodyLength>& length) {
  if (!length) return std::string(http::row(length.error().reason).name);
  switch (length->kind) {
    case Kind::none: return "none";
    case Kind::known: return std::to_string(length->bytes);
    case Kind::chunked: return "chunked";
    case Kind::to_close: return "to_close";
  }
  return "";
}

struct RequestCase {
  const char* clause;
  const char* fields;
  const char* length;
  const char* version = "1.1";
};

constexpr RequestCase request_cases[] = {
    {"6.3 7", "", "none"},
    {"6.3 6", "Content-Length: 0\r\n", "0"},
    {"6.3 6", "Content-Length: 42\r\n", "42"},
    {"6.3 6", "Content-Length: 42\r\n", "42", "1.0"},
    {"6.3 6", "content-length:\t007 \r\n", "7"},
    {"6.3 6", "Content-Length: 9223372036854775807\r\n", "9223372036854775807"},
    {"6.3 5", "Content-Length: 9223372036854775808\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 18446744073709551617\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 00000000000000000001\r\n", "malformed_request"},
    {"6.3 5", "Content-Length:\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: +5\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: -5\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5 5\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5, 5\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5,\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5.0\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5e0\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 0x5\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5_0\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: \"5\"\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5\r\nContent-Length: 5\r\n", "malformed_request"},
    {"6.3 5", "Content-Length: 5\r\ncontent-length: 6\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunked\r\n", "chunked"},
    {"6.3 4", "transfer-encoding: Chunked \r\n", "chunked"},
    {"6.3 3", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "malformed_request"},
    {"6.3 3", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "malformed_request"},
    {"6.1", "Transfer-Encoding: chunked\r\n", "malformed_request", "1.0"},
    {"6.1", "Transfer-Encoding: gzip, chunked\r\n", "transfer_coding_not_implemented"},
    {"6.1", "Transfer-Encoding: identity, chunked\r\n", "transfer_coding_not_implemented"},
    {"6.1", "Transfer-Encoding: chunked, chunked\r\n", "malformed_request"},
    {"6.1", "Transfer-Encoding: chunked, gzip, chunked\r\n", "malformed_request"},
    {"6.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "malformed_request"},
    {"6.1", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: gzip\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: identity\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunked, identity\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: xchunked\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunkedx\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunked;q=1\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: \"chunked\"\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: , chunked\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunked,\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunked chunked\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chun ked\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding:\r\n", "malformed_request"},
    {"6.3 4", "Transfer-Encoding: chunked\xa0\r\n", "malformed_request"},
};

TEST(Framing, OfARequestIsClearOrRefused) {
  for (const RequestCase& c : request_cases) {
    RequestUnderTest request(std::string("POST / HTTP/") + c.version + "\r\nHost: h\r\n" +
                             c.fields + "\r\n");
    ASSERT_EQ(request.feed_all(), Progress::done) << c.fields;
    EXPECT_EQ(describe(request_body_length(request.head)), c.length)
        << c.fields << "RFC 9112 " << c.clause;
  }
}

struct ResponseCase {
  const char* clause;
  int status;
  Method request;
  const char* fields;
  const char* length;
  const char* version = "1.1";
};

constexpr ResponseCase response_cases[] = {
    {"6.3 1", 200, Method::head, "Content-Length: 5\r\n", "none"},
    {"6.3 1", 200, Method::head, "Transfer-Encoding: chunked\r\n", "none"},
    {"6.3 1", 200, Method::head, "", "none"},
    {"6.3 1", 304, Method::get, "Content-Length: 5\r\n", "none"},
    {"6.3 1", 304, Method::get, "", "none"},
    {"6.3 1", 204, Method::get, "", "none"},
    {"6.3 1", 204, Method::get, "Content-Length: 0\r\n", "none"},
    {"6.3 1", 103, Method::get, "", "none"},
    {"6.3 1", 101, Method::get, "", "none"},
    {"9110 8.6", 204, Method::get, "Content-Length: 5\r\n", "upstream_malformed"},
    {"6.1", 204, Method::get, "Transfer-Encoding: chunked\r\n", "upstream_malformed"},
    {"6.1", 100, Method::post, "Transfer-Encoding: chunked\r\n", "upstream_malformed"},
    {"6.3 3", 200, Method::get, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
     "upstream_malformed"},
    {"6.3 3", 200, Method::head, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
     "upstream_malformed"},
    {"6.3 4", 200, Method::get, "Transfer-Encoding: chunked\r\n", "chunked"},
    {"6.3 4", 200, Method::get, "Transfer-Encoding: gzip\r\n", "upstream_malformed"},
    {"6.3 4", 200, Method::get, "Transfer-Encoding: X-Gzip\r\n", "upstream_malformed"},
    {"6.3 4", 200, Method::get, "Transfer-Encoding: unheard-of\r\n", "to_close"},
    {"6.3 4", 200, Method::get, "Transfer-Encoding: unheard-of\r\n", "upstream_malformed", "1.0"},
    {"6.3 4", 204, Method::get, "Transfer-Encoding: unheard-of\r\n", "upstream_malformed"},
    {"6.3 4", 200, Method::get, "Transfer-Encoding: xChunked\r\n", "upstream_malformed"},
    {"6.3 4", 200, Method::get, "Transfer-Encoding: a, b\r\n", "upstream_malformed"},
    {"6.1", 200, Method::get, "Transfer-Encoding: gzip, chunked\r\n", "upstream_malformed"},
    {"6.1", 200, Method::get, "Transfer-Encoding: chunked\r\n", "upstream_malformed", "1.0"},
    {"6.3 5", 200, Method::get, "Content-Length: 5, 5\r\n", "upstream_malformed"},
    {"6.3 5", 200, Method::get, "Content-Length: 5\r\nContent-Length: 5\r\n", "upstream_malformed"},
    {"6.3 5", 304, Method::get, "Content-Length: x\r\n", "upstream_malformed"},
    {"6.3 6", 200, Method::get, "Content-Length: 5\r\n", "5"},
    {"6.3 6", 205, Method::get, "Content-Length: 0\r\n", "0"},
    {"6.3 6", 500, Method::get, "Content-Length: 5\r\n", "5", "1.0"},
    {"6.3 8", 200, Method::get, "", "to_close"},
    {"6.3 8", 200, Method::get, "", "to_close", "1.0"},
};

TEST(Framing, OfAResponseIsClearOrRefused) {
  for (const ResponseCase& c : response_cases) {
    ResponseUnderTest response(std::string("HTTP/") + c.version + " " + std::to_string(c.status) +
                               " x\r\n" + c.fields + "\r\n");
    ASSERT_EQ(response.feed_all(), Progress::done) << c.fields;
    EXPECT_EQ(describe(response_body_length(response.head, c.request)), c.length)
        << c.status << " " << c.fields << "RFC 9112 " << c.clause;
  }
}

TEST(Framing, TheDeclaredLengthIsThereWithoutABody) {  // RFC 9110 8.6
  ResponseUnderTest response("HTTP/1.1 304 Not Modified\r\nContent-Length: 17\r\n\r\n");
  ASSERT_EQ(response.feed_all(), Progress::done);
  EXPECT_EQ(content_length(response.head.fields), 17u);
}

}  // namespace
}  // namespace minato::http1
