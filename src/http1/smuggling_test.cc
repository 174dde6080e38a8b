// Requests that have split or joined messages between some proxy and some origin before. Whoever
// reads one differently than the next parser lets a client write the next client's request: each is
// refused.
#include <gtest/gtest.h>

#include "http1/chunked.h"
#include "http1/parsing_for_tests.h"

namespace minato::http1 {
namespace {

using http::Reason;
using namespace std::string_literals;

struct Vector {
  const char* name;
  std::string fields;
  Reason reason = Reason::malformed_request;
  std::string line = "POST / HTTP/1.1";
};

std::vector<Vector> vectors() {
  return {
      {"CL.TE", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n"},
      {"TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"},
      {"CL.CL", "Content-Length: 8\r\nContent-Length: 7\r\n"},
      {"CL.CL, the same", "Content-Length: 8\r\nContent-Length: 8\r\n"},
      {"CL.CL, in one line", "Content-Length: 8, 7\r\n"},
      {"CL in hexadecimal", "Content-Length: 0xb\r\n"},
      {"CL with a sign", "Content-Length: +11\r\n"},
      {"CL with a vertical tab",
       "Content-Length: \x0b"
       "11\r\n"},
      {"CL with a form feed", "Content-Length: 11\x0c\r\n"},
      {"CL with a no-break space",
       "Content-Length: \xa0"
       "11\r\n"},
      {"CL that overflows to 5", "Content-Length: 18446744073709551621\r\n"},
      {"CL name with a space", "Content-Length : 11\r\n"},
      {"CL name with a tab", "Content-Length\t: 11\r\n"},
      {"CL behind a NUL", "Content-\0Length: 11\r\n"s},
      {"CL folded", "Content-Length:\r\n 11\r\n"},
      {"CL folded into another field", "X: y\r\n Content-Length: 11\r\n"},
      {"TE.TE, unknown second", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"},
      {"TE.TE, unknown first", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"},
      {"TE.TE, in one line", "Transfer-Encoding: chunked, identity\r\n"},
      {"TE, unknown then chunked", "Transfer-Encoding: identity, chunked\r\n",
       Reason::transfer_coding_not_implemented},
      {"TE xchunked", "Transfer-Encoding: xchunked\r\n"},
      {"TE name with a space", "Transfer-Encoding : chunked\r\n"},
      {"TE name with a leading space", " Transfer-Encoding: chunked\r\n"},
      {"TE with a vertical tab",
       "Transfer-Encoding: \x0b"
       "chunked\r\n"},
      {"TE with a trailing vertical tab", "Transfer-Encoding: chunked\x0b\r\n"},
      {"TE behind a bare LF", "X: y\nTransfer-Encoding: chunked\r\n"},
      {"TE behind a bare CR", "X: y\rTransfer-Encoding: chunked\r\n"},
      {"TE behind a NUL", "X: y\0Transfer-Encoding: chunked\r\n"s},
      {"TE ended by a bare LF", "Transfer-Encoding: chunked\nX: y\r\n"},
      {"TE folded", "Transfer-Encoding:\r\n chunked\r\n"},
      {"TE folded with a tab", "Transfer-Encoding:\r\n\tchunked\r\n"},
      {"TE with a semicolon", "Transfer-Encoding: chunked;\r\n"},
      {"TE quoted", "Transfer-Encoding: \"chunked\"\r\n"},
      {"TE in quotes of the other kind", "Transfer-Encoding: 'chunked'\r\n"},
      {"TE with a second word", "Transfer-Encoding: chunked foo\r\n"},
      {"TE with a list end", "Transfer-Encoding: chunked,\r\n"},
      {"TE with a list start", "Transfer-Encoding: ,chunked\r\n"},
      {"TE name quoted", "\"Transfer-Encoding\": chunked\r\n"},
      {"TE name with a long s",
       "Tran\xc5\xbf"
       "fer-Encoding: chunked\r\n"},
      {"TE without a colon", "Transfer-Encoding chunked\r\n"},
      {"TE in HTTP/1.0", "Transfer-Encoding: chunked\r\n", Reason::malformed_request,
       "POST / HTTP/1.0"},
      {"two Host fields", "Host: other\r\n"},
      {"a Host with a space", "host : other\r\n"},
      {"a colon alone", ":\r\n"},
      {"an empty name", ": Transfer-Encoding: chunked\r\n"},
      {"a first line that is folded", " X: y\r\n"},
      {"a version with a space behind it", "", Reason::malformed_request, "POST / HTTP/1.1 "},
      {"a request line in the target", "", Reason::malformed_request, "GET /\rGET /admin HTTP/1.1"},
      {"a target with a space", "", Reason::malformed_request, "GET /a b HTTP/1.1"},
      {"no version, as HTTP/0.9", "", Reason::malformed_request, "GET /"},
  };
}

TEST(Smuggling, EveryKnownVectorIsRefused) {
  for (const Vector& v : vectors()) {
    RequestUnderTest request(v.line + "\r\nHost: h\r\n" + v.fields + "\r\n0\r\n\r\n");
    EXPECT_EQ(request.verdict(), v.reason) << v.name;
  }
}

// CGI and WSGI read it as the same; it is not forwarded.
TEST(Smuggling, AnUnderscoreIsAnotherNameAndNoFraming) {
  RequestUnderTest request(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer_Encoding: chunked\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(request.verdict(), Reason::none);
  EXPECT_EQ(*request_body_length(request.head), http::BodyLength::known(3));
}

struct ChunkVector {
  const char* name;
  std::string bytes;
};

// The chunked body is where the other half of the trick stands.
TEST(Smuggling, EveryKnownChunkVectorIsRefused) {
  const ChunkVector cases[] = {
      {"size line ended by LF", "5\nhello\r\n0\r\n\r\n"},
      {"data ended by LF", "5\r\nhello\n0\r\n\r\n"},
      {"data ended by CR and another byte", "5\r\nhello\rX0\r\n\r\n"},
      {"data without its end", "5\r\nhello0\r\n\r\n"},
      {"extension ended by LF", "5;x\nhello\r\n0\r\n\r\n"},
      {"extension with a bare CR", "5;x\ry\r\nhello\r\n0\r\n\r\n"},
      {"extension with a NUL", "5;\0\r\nhello\r\n0\r\n\r\n"s},
      {"size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"},
      {"size with a sign", "+5\r\nhello\r\n0\r\n\r\n"},
      {"negative size", "-1\r\nhello\r\n0\r\n\r\n"},
      {"size with a leading space", " 5\r\nhello\r\n0\r\n\r\n"},
      {"size with a trailing space", "5 \r\nhello\r\n0\r\n\r\n"},
      {"size with an underscore", "1_0\r\nhello\r\n0\r\n\r\n"},
      {"size that overflows to 5", "10000000000000005\r\nhello\r\n0\r\n\r\n"},
      {"size that is negative when signed", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n"},
      {"no size", "\r\nhello\r\n0\r\n\r\n"},
      {"extension without a size", ";x\r\nhello\r\n0\r\n\r\n"},
      {"last chunk ended by LF", "0\n\r\n"},
      {"trailers ended by LF", "0\r\n\n"},
      {"trailer ended by LF", "0\r\nX: y\n\r\n"},
      {"trailer folded", "0\r\nX: y\r\n z\r\n\r\n"},
      {"trailer with a space before its colon", "0\r\nX : y\r\n\r\n"},
      {"a request line as a trailer", "0\r\nGET /admin HTTP/1.1\r\n\r\n"},
  };
  for (const ChunkVector& c : cases) {
    BlockPool pool;
    Arena arena(pool);
    http::Fields trailers(arena);
    ChunkedDecoder decoder(trailers);
    std::string_view input = c.bytes;
    auto step = decoder.next(input);
    while (step == ChunkedDecoder::Step::data) step = decoder.next(input);
    EXPECT_EQ(step, ChunkedDecoder::Step::refused) << c.name;
  }
}

TEST(Smuggling, FramingFieldsInTrailersAreNeverSeen) {  // RFC 9110 6.5.1
  BlockPool pool;
  Arena arena(pool);
  http::Fields trailers(arena);
  ChunkedDecoder decoder(trailers);
  std::string_view input =
      "0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: evil\r\nX-Sum: 1\r\n\r\n";
  EXPECT_EQ(decoder.next(input), ChunkedDecoder::Step::end);
  ASSERT_EQ(trailers.count(), 1u);
  EXPECT_EQ(trailers.lines()[0].name, "X-Sum");
}

}  // namespace
}  // namespace minato::http1
