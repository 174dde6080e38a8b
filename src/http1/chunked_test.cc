#include "http1/chunked.h"

#include <gtest/gtest.h>

#include <string>

namespace minato::http1 {
namespace {

using Step = ChunkedDecoder::Step;

/// Decodes a text that arrives in pieces of `piece` bytes.
struct Decoding {
  explicit Decoding(std::string_view text, std::size_t piece = std::string_view::npos,
                    const ChunkedLimits& limits = {})
      : decoder(trailers, limits) {
    while (!text.empty() && step != Step::end && step != Step::refused) {
      const std::string part(text.substr(0, piece));  // its own memory, gone after this round
      std::string_view input = part;
      run(input);
      text.remove_prefix(part.size() - input.size());
    }
    rest = text;
  }

  void run(std::string_view& input) {
    for (step = decoder.next(input); step == Step::data; step = decoder.next(input))
      body += decoder.data();
  }

  BlockPool pool;
  Arena arena{pool};
  http::Fields trailers{arena};
  ChunkedDecoder decoder;
  std::string body;
  std::string_view rest;
  Step step = Step::need_more;
};

struct BodyCase {
  const char* clause;
  std::string text;
  std::string body;
};

std::string with_extension(std::size_t bytes) {
  return "1;" + std::string(bytes - 1, 'x') + "\r\na\r\n0\r\n\r\n";
}

TEST(Chunked, DecodesHoweverTheBytesArrive) {
  const BodyCase cases[] = {
      {"7.1", "0\r\n\r\n", ""},
      {"7.1", "000\r\n\r\n", ""},
      {"7.1", "5\r\nhello\r\n0\r\n\r\n", "hello"},
      {"7.1", "1\r\na\r\nA\r\n0123456789\r\n00000000000000a\r\n0123456789\r\n0\r\n\r\n",
       "a01234567890123456789"},
      {"7.1", "4\r\n\r\n0\r\r\n0\r\n\r\n", "\r\n0\r"},
      {"7.1.1", "5;a=b;c=\"d;e\"\r\nhello\r\n0;x\r\n\r\n", "hello"},
      {"7.1.1", "5 \t;a = b \r\nhello\r\n0\r\n\r\n", "hello"},
      {"7.1.1", "5;\r\nhello\r\n0\r\n\r\n", "hello"},
      {"7.1.2", "1\r\na\r\n0\r\nX-Sum: 1\r\nX-Other: \r\n\r\n", "a"},
      {"7.1.1", with_extension(16u << 10), "a"},
  };
  for (const BodyCase& c : cases) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::string::npos}) {
      const std::string text = c.text + "next";
      Decoding decoding(text, piece);
      EXPECT_EQ(decoding.step, Step::end)
          << c.text << decoding.decoder.detail() << " RFC 9112 " << c.clause;
      EXPECT_EQ(decoding.body, c.body) << c.text;
      EXPECT_EQ(decoding.rest, "next") << c.text;
      EXPECT_EQ(decoding.decoder.data_bytes(), c.body.size());
    }
  }
}

TEST(Chunked, RefusesWhatTheGrammarDoesNotHave) {
  const std::string cases[] = {
      "g\r\n",
      "\r\n",
      ";\r\n",
      " 1\r\na\r\n",
      "1 \r\na\r\n",
      "1\t\r\na\r\n",
      "1 1\r\na\r\n",
      "1\ra\r\n",
      "1\na\r\n",
      "1;a\rb\r\n",
      "1;a\nb\r\n",
      "1;\x7f\r\n",
      "1\r\nab\r\n",
      "1\r\na\r0",
      "1\r\na\n",
      "00000000000000001\r\na\r\n",
      "8000000000000000\r\n",
      "0\r\n \r\n",
      "0\r\nX\r\n\r\n",
      "0\r\nX: \x01\r\n\r\n",
      "0\r\nX: a\rb\r\n\r\n",
      "0\r\n\rX",
      "0\r\nX: a\n",
      with_extension((16u << 10) + 1),
  };
  for (const std::string& text : cases) {
    Decoding whole(text), bytewise(text, 1);
    EXPECT_EQ(whole.step, Step::refused) << text.substr(0, 80);
    EXPECT_EQ(bytewise.step, Step::refused) << text.substr(0, 80);
    EXPECT_STREQ(whole.decoder.detail(), bytewise.decoder.detail()) << text.substr(0, 80);
    EXPECT_EQ(whole.body, bytewise.body);
  }
}

TEST(Chunked, DataComesOutOfTheInputItself) {
  BlockPool pool;
  Arena arena(pool);
  http::Fields trailers(arena);
  ChunkedDecoder decoder(trailers);
  const std::string text = "5\r\nhello\r\n";
  std::string_view input = text;
  ASSERT_EQ(decoder.next(input), Step::data);
  EXPECT_EQ(decoder.data().data(), text.data() + 3);
  EXPECT_EQ(decoder.data().size(), 5u);
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST(Chunked, SaysAgainWhatItSaidLast) {
  Decoding ended("0\r\n\r\n"), refused("x");
  std::string_view more = "5\r\n";
  EXPECT_EQ(ended.decoder.next(more), Step::end);
  EXPECT_EQ(refused.decoder.next(more), Step::refused);
  EXPECT_EQ(more, "5\r\n");
}

TEST(Chunked, TrailersOutliveTheInput) {  // RFC 9112 7.1.2
  Decoding decoding("0\r\nX-Sum: abc\r\nETag: \"x\"\r\n\r\n", 1);
  ASSERT_EQ(decoding.trailers.count(), 2u);
  EXPECT_EQ(decoding.trailers.find("x-sum")->value, "abc");
  EXPECT_EQ(decoding.trailers.value(http::FieldId::etag), "\"x\"");
}

TEST(Chunked, TrailersThatWouldBeBelievedAreDropped) {  // RFC 9110 6.5.1
  for (const char* const name : {"Content-Length",
                                 "Transfer-Encoding",
                                 "Host",
                                 "Cache-Control",
                                 "Expect",
                                 "Max-Forwards",
                                 "Range",
                                 "TE",
                                 "If-Match",
                                 "Authorization",
                                 "Cookie",
                                 "Set-Cookie",
                                 "WWW-Authenticate",
                                 "Proxy-Authorization",
                                 "Content-Encoding",
                                 "Content-Type",
                                 "Content-Range",
                                 "Trailer",
                                 "Age",
                                 "Expires",
                                 "Date",
                                 "Location",
                                 "Retry-After",
                                 "Vary",
                                 "Connection",
                                 "Keep-Alive",
                                 "Upgrade",
                                 "X-Forwarded-For",
                                 "X-Forwarded-Whatever",
                                 "Forwarded",
                                 "Via",
                                 "X-Real-IP",
                                 "X-Request-Id",
                                 "Content_Length",
                                 "transfer_encoding",
                                 "X_Forwarded_For",
                                 "X_Forwarded-Whatever",
                                 "X_Real_IP",
                                 "X_Request_Id"}) {
    Decoding decoding(std::string("0\r\n") + name + ": 1\r\n\r\n");
    EXPECT_EQ(decoding.step, Step::end);
    EXPECT_EQ(decoding.trailers.count(), 0u) << name;
  }
}

TEST(Chunked, HoldsItsLimitsToTheByte) {
  const std::string text = "0\r\nA: b\r\nC: d\r\n\r\n";  // a section of 14 bytes of lines, each but
                                                         // its line feed counted
  const auto is_too_large = [&](TrailerLimits limits) {
    const Decoding decoding(text, 1, {.trailers = limits});
    EXPECT_EQ(decoding.step == Step::refused, decoding.decoder.trailers_too_large());
    return decoding.decoder.trailers_too_large();
  };
  EXPECT_FALSE(is_too_large({.bytes = text.size() - 3}));
  EXPECT_TRUE(is_too_large({.bytes = text.size() - 4}));
  EXPECT_FALSE(is_too_large({.count = 2}));
  EXPECT_TRUE(is_too_large({.count = 1}));
  EXPECT_FALSE(Decoding("0\r\nA b\r\n\r\n").decoder.trailers_too_large());  // malformed
}

TEST(Chunked, ExtensionsMayGrowWithTheData) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "40;signature=0123456789abcdef0123456789abcdef\r\n" + std::string(64, 'x') + "\r\n";
  EXPECT_EQ(Decoding(text + "0\r\n\r\n").step, Step::end);
  std::string waste;
  for (int i = 0; i < 1000; ++i) waste += "1;signature=0123456789abcdef0123456789abcdef\r\nx\r\n";
  EXPECT_EQ(Decoding(waste + "0\r\n\r\n").step, Step::refused);
}

}  // namespace
}  // namespace minato::http1
