// The parsers against their oracles, over messages that are broken at random in the places where
// parsers have disagreed. The fuzz targets do the same with a better search.
#include <gtest/gtest.h>

#include "base/random.h"
#include "http1/against_oracle.h"

namespace minato::http1 {
namespace {

using namespace std::string_literals;

/// A text that differs from `text` in one to four places.
std::string mutated(std::string text, Random& random, const std::vector<std::string>& pieces) {
  for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
    const auto at = static_cast<std::size_t>(random.below(text.size() + 1));
    const auto piece = random.one_in(8) ? std::string(1, static_cast<char>(random.below(256)))
                                        : pieces[random.below(pieces.size())];
    switch (random.below(3)) {
      case 0: text.insert(at, piece); break;
      case 1: text.erase(at, static_cast<std::size_t>(1 + random.below(6))); break;
      default: text.replace(at, std::min(piece.size(), text.size() - at), piece);
    }
  }
  return text;
}

TEST(Oracle, ReadsTheSameRequests) {
  const std::vector<std::string> requests = {
      "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a/b?c=d HTTP/1.1\r\nHost: example.com:8080\r\nAccept: */*\r\nConnection: "
      "keep-alive\r\n\r\nrest",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "\r\nGET http://[::1]:80/x HTTP/1.1\r\nHost: [2001:db8::192.0.2.1]\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: h\r\nX: a\tb \x80\r\n\r\n",
      "HEAD /x HTTP/1.0\r\n\r\n",
      "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n",
  };
  const std::vector<std::string> pieces = {"\r\n",
                                           "\r",
                                           "\n",
                                           " ",
                                           "\t",
                                           "\0"s,
                                           ":",
                                           ",",
                                           ";",
                                           "\"",
                                           "\x0b",
                                           "\x7f",
                                           "\xff",
                                           "0",
                                           "9",
                                           "#",
                                           "?",
                                           "/",
                                           "[",
                                           "]",
                                           "@",
                                           "%",
                                           "::",
                                           "*",
                                           "HTTP/1.1",
                                           "HTTP/1.0",
                                           "http://",
                                           "CONNECT",
                                           "OPTIONS",
                                           "Host: h\r\n",
                                           "chunked",
                                           "Content-Length: 5\r\n",
                                           "Transfer-Encoding: chunked\r\n",
                                           "Transfer-Encoding: gzip, chunked\r\n",
                                           "X: y\r\n",
                                           "Connection: a,b,,c\r\n",
                                           "18446744073709551616",
                                           "\r\n\r\n"};
  Random random(20);
  for (int round = 0; round < 30000; ++round) {
    const std::string text = mutated(requests[random.below(requests.size())], random, pieces);
    const auto split = static_cast<std::size_t>(random.below(text.size() + 1));
    const HeadLimits limits{.head_bytes = random.one_in(4) ? 40 + random.below(60) : 65536,
                            .field_count = random.one_in(4) ? random.below(4) : 200,
                            .target_bytes = random.one_in(4) ? random.below(12) : 16384};
    ASSERT_EQ(request_difference(text, split, limits), "") << "round " << round << "\n" << text;
  }
}

TEST(Oracle, ReadsTheSameChunkedBodies) {
  const std::vector<std::string> bodies = {
      "0\r\n\r\n",
      "5\r\nhello\r\n0\r\n\r\nrest",
      "1;a=b\r\nx\r\nA\r\n0123456789\r\n00\r\nX-Sum: 1\r\nHost: h\r\n\r\n",
      "3 ; x = \"y\"\r\n\r\n0\r\n0;z\r\n\r\n",
  };
  const std::vector<std::string> pieces = {"\r\n",
                                           "\r",
                                           "\n",
                                           " ",
                                           "\t",
                                           "\0"s,
                                           ";",
                                           "0",
                                           "1",
                                           "a",
                                           "F",
                                           "g",
                                           "x",
                                           "+",
                                           "-",
                                           "0\r\n",
                                           "1\r\na\r\n",
                                           "ffffffffffffffff",
                                           "0000000000000000",
                                           "X: y\r\n",
                                           ":",
                                           "\x7f",
                                           "\r\n\r\n"};
  Random random(21);
  for (int round = 0; round < 30000; ++round) {
    const std::string text = mutated(bodies[random.below(bodies.size())], random, pieces);
    const auto split = static_cast<std::size_t>(random.below(text.size() + 1));
    const ChunkedLimits limits{.trailers = {.bytes = random.one_in(4) ? random.below(30) : 8192,
                                            .count = random.one_in(4) ? random.below(3) : 64},
                               .extension_bytes = random.one_in(4) ? random.below(8) : 16384};
    ASSERT_EQ(chunked_difference(text, split, limits), "") << "round " << round << "\n" << text;
  }
}

TEST(Oracle, AcceptsAPlainRequest) {  // or agreeing would be easy
  const auto request =
      naive::parse_request("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", {});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, "3");
  EXPECT_TRUE(naive::decode_chunked("3\r\nabc\r\n0\r\n\r\n", {}));
}

}  // namespace
}  // namespace minato::http1
