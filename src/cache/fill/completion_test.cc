#include "cache/fill/completion.h"

#include <gtest/gtest.h>

#include "cache/policy/testing.h"

namespace minato::cache {
namespace {

struct CompletionTest : testing::Test {
  Heads heads;
  Store store{StoreLimits{}};

  /// A part of a content of ten bytes.
  Pin part(ByteRange range) {
    const http::Fields lines = heads.fields({{"ETag", "\"a\""}});
    return store.draft({.key = {"http://a/", 1}, .lines = lines, .part = ContentRange{range, 10}});
  }
  std::optional<ByteRange> missing(std::initializer_list<ByteRange> stored, Lines request = {}) {
    std::vector<Pin> parts;
    for (const ByteRange range : stored) parts.push_back(part(range));
    const auto made = completion_of(parts, heads.fields(request));
    return made ? std::optional(made->missing) : std::nullopt;
  }
};

using Missing = std::optional<ByteRange>;

TEST_F(CompletionTest, OfTheWholeAsksForTheOneRangeThatIsMissing) {  // RFC 9111 3.4
  EXPECT_EQ(missing({{0, 4}}), (Missing{{5, 9}}));
  EXPECT_EQ(missing({{5, 9}}), (Missing{{0, 4}}));
  EXPECT_EQ(missing({{0, 1}, {4, 5}, {8, 9}}), (Missing{{2, 7}}));
  EXPECT_EQ(missing({{0, 1}, {0, 3}, {9, 9}, {7, 9}}), (Missing{{4, 6}}));
  EXPECT_EQ(missing({{3, 6}}), Missing{});  // two are
}

TEST_F(CompletionTest, OfARangeAsksForWhatIsMissingOfThat) {
  EXPECT_EQ(missing({{2, 4}}, {{"Range", "bytes=3-7"}}), (Missing{{5, 7}}));
  EXPECT_EQ(missing({{2, 4}}, {{"Range", "bytes=0-3"}}), (Missing{{0, 1}}));
  EXPECT_EQ(missing({{2, 4}, {6, 7}}, {{"Range", "bytes=2-7"}}), (Missing{{5, 5}}));
  EXPECT_EQ(missing({{2, 4}}, {{"Range", "bytes=-8"}}), (Missing{{5, 9}}));
  EXPECT_EQ(missing({{2, 4}}, {{"Range", "bytes=5-7"}}), Missing{});  // all of it
}

TEST_F(CompletionTest, IsForOneRangeOfThisRepresentation) {
  EXPECT_EQ(missing({{0, 4}}, {{"Range", "bytes=0-1, 3-7"}}), Missing{});
  EXPECT_EQ(missing({{0, 4}}, {{"Range", "bytes=12-"}}), Missing{});
  EXPECT_EQ(missing({{0, 4}}, {{"Range", "lines=0-7"}}), Missing{});
  EXPECT_EQ(missing({{0, 4}}, {{"Range", "bytes=0-7"}, {"If-Range", "\"b\""}}), Missing{});
  EXPECT_EQ(missing({{0, 4}}, {{"Range", "bytes=0-7"}, {"If-Range", "\"a\""}}), (Missing{{5, 7}}));
}

}  // namespace
}  // namespace minato::cache
