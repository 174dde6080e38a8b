#include <gtest/gtest.h>

#include "http1/head_parser.h"

namespace minato::http1 {
namespace {

TEST(RequestParser, ReadsAHead) {
  BlockPool pool;
  Arena arena(pool);
  http::RequestHead head(arena);
  RequestParser parser(head, {});
  constexpr std::string_view text =
      "GET /a?b=1 HTTP/1.1\r\nHost: example.com\r\nAccept:  */* \r\n\r\nrest";
  ASSERT_EQ(parser.feed(text), Progress::done) << parser.refusal().detail;
  EXPECT_EQ(parser.head_size(), text.size() - 4);
  EXPECT_EQ(head.method, http::Method::get);
  EXPECT_EQ(head.target.path, "/a");
  EXPECT_EQ(head.target.query, "b=1");
  EXPECT_EQ(head.authority, "example.com");
  EXPECT_EQ(head.fields.value(http::FieldId::accept), "*/*");
}

}  // namespace
}  // namespace minato::http1
