// RFC 9110 14.
#include "cache/policy/range.h"

#include <gtest/gtest.h>

#include "cache/policy/testing.h"

namespace minato::cache {
namespace {

using Kind = Selection::Kind;
using Ranges = std::vector<ByteRange>;

TEST(SelectRanges, OfAllForms) {  // RFC 9110 14.1.2
  EXPECT_EQ(select_ranges("bytes=0-1", 10).ranges, (Ranges{{0, 1}}));
  EXPECT_EQ(select_ranges("bytes=1-", 10).ranges, (Ranges{{1, 9}}));
  EXPECT_EQ(select_ranges("bytes=-3", 10).ranges, (Ranges{{7, 9}}));
  EXPECT_EQ(select_ranges("bytes=-30", 10).ranges, (Ranges{{0, 9}}));
  EXPECT_EQ(select_ranges("bytes=8-20", 10).ranges, (Ranges{{8, 9}}));
  EXPECT_EQ(select_ranges("Bytes= 0-0 , 2-2,,-1", 10).ranges, (Ranges{{0, 0}, {2, 2}, {9, 9}}));
  EXPECT_EQ(select_ranges("bytes=0-99999999999999999999999", 10).ranges, (Ranges{{0, 9}}));
}

TEST(SelectRanges, WhatIsNotThereIsUnsatisfiable) {  // RFC 9110 14.2, 15.5.17
  EXPECT_EQ(select_ranges("bytes=10-", 10).kind, Kind::unsatisfiable);
  EXPECT_EQ(select_ranges("bytes=-0", 10).kind, Kind::unsatisfiable);
  EXPECT_EQ(select_ranges("bytes=0-", 0).kind, Kind::unsatisfiable);
  EXPECT_EQ(select_ranges("bytes=99999999999999999999-", 10).kind, Kind::unsatisfiable);
  EXPECT_EQ(select_ranges("bytes=20-30, 2-3", 10).ranges, (Ranges{{2, 3}}));
}

TEST(SelectRanges, ASuffixOfNothingIsAllThereIs) {  // RFC 9110 14.1.2
  EXPECT_EQ(select_ranges("bytes=-5", 0).kind, Kind::whole);
  EXPECT_EQ(select_ranges("bytes=0-, -5", 0).kind, Kind::whole);
  EXPECT_EQ(select_ranges("bytes=-0", 0).kind, Kind::unsatisfiable);
}

TEST(SelectRanges, WhatIsNoRangeIsAsIfNothingWasAsked) {
  for (const auto value : {"", "bytes", "bytes=", "bytes=a-b", "bytes=1-0", "bytes=-", "bytes=1",
                           "bytes=0x1-2", "lines=1-2", "bytes=1-2-3", "bytes=+1-2", "bytes=1- 2"})
    EXPECT_EQ(select_ranges(value, 10).kind, Kind::whole) << value;
}

TEST(SelectRanges, TooManyOrOverlappingOnesGetTheWhole) {
  EXPECT_EQ(select_ranges("bytes=0-5, 3-8", 10).kind, Kind::whole);
  EXPECT_EQ(select_ranges("bytes=5-5, 0-0, 5-9", 10).kind, Kind::whole);
  std::string many = "bytes=0-0";
  for (std::size_t i = 1; i <= ranges_max; ++i)
    many += "," + std::to_string(2 * i) + "-" + std::to_string(2 * i);
  EXPECT_EQ(select_ranges(many, 1000).kind, Kind::whole);
  many.resize(many.rfind(','));
  EXPECT_EQ(select_ranges(many, 1000).ranges.size(), ranges_max);
}

TEST(ContentRangeTest, IsReadStrictly) {  // RFC 9110 14.4
  EXPECT_EQ(parse_content_range("bytes 4-9/10"), (ContentRange{{4, 9}, 10}));
  EXPECT_EQ(parse_content_range("bytes 4-9/*"), (ContentRange{{4, 9}, std::nullopt}));
  for (const auto value : {"", "bytes 4-9", "bytes 4-9/9", "bytes 9-4/10", "bytes */10",
                           "bytes=4-9/10", "lines 4-9/10", "bytes 4-/10", "bytes -9/10"})
    EXPECT_EQ(parse_content_range(value), std::nullopt) << value;
}

TEST(IfRange, HoldsForTheSameStrongValidatorAlone) {  // RFC 9110 13.1.5
  Heads heads;
  const auto stored = heads.fields({{"ETag", "\"a\""},
                                    {"Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"},
                                    {"Date", "Thu, 01 Jan 2026 00:01:00 GMT"}});
  const auto holds = [&](const char* if_range, const http::Fields& fields) {
    return if_range_holds(heads.fields({{"If-Range", if_range}}), fields.lines());
  };
  EXPECT_TRUE(holds("\"a\"", stored));
  EXPECT_FALSE(holds("\"b\"", stored));
  EXPECT_FALSE(holds("W/\"a\"", stored));
  EXPECT_TRUE(holds("Thu, 01 Jan 2026 00:00:00 GMT", stored));
  EXPECT_FALSE(holds("Thu, 01 Jan 2026 00:00:01 GMT", stored));
  const auto young = heads.fields({{"Last-Modified", "Thu, 01 Jan 2026 00:00:01 GMT"},
                                   {"Date", "Thu, 01 Jan 2026 00:01:00 GMT"}});
  EXPECT_FALSE(holds("Thu, 01 Jan 2026 00:00:01 GMT", young));
  const auto weak = heads.fields({{"ETag", "W/\"a\""}});
  EXPECT_FALSE(holds("W/\"a\"", weak));
}

TEST(IfRange, ThatIsNoValidatorNeverHolds) {  // RFC 9110 13.1.5
  Heads heads;
  const auto stored = heads.fields({{"ETag", "\"a\""}});
  EXPECT_TRUE(if_range_holds(heads.fields({}), stored.lines()));
  EXPECT_FALSE(if_range_holds(heads.fields({{"If-Range", ""}}), stored.lines()));
  EXPECT_FALSE(if_range_holds(heads.fields({{"If-Range", "a"}}), stored.lines()));
  const auto twice = heads.fields({{"If-Range", "\"a\""}, {"If-Range", "\"a\""}});
  EXPECT_FALSE(if_range_holds(twice, stored.lines()));
  const auto none = heads.fields({});
  EXPECT_FALSE(if_range_holds(heads.fields({{"If-Range", ""}}), none.lines()));
}

TEST(SelectionOfAPart, IsOfWhatLiesInItOrNowhere) {
  const ContentRange part{{.first = 2, .last = 6}, 10};
  const auto kind = [&](std::string_view range) {
    const auto selection = selection_of(range, part);
    return selection ? selection->kind : Kind::whole;
  };
  for (const auto* const inside : {"bytes=2-6", "bytes=2-3,5-5", "bytes=4-4,20-"})
    EXPECT_EQ(kind(inside), Kind::ranges) << inside;
  for (const auto* const nowhere : {"bytes=10-", "bytes=-0", "bytes=11-12,13-"})
    EXPECT_EQ(kind(nowhere), Kind::unsatisfiable) << nowhere;
  for (const auto* const other : {"bytes=1-3", "bytes=6-7", "bytes=-2", "bytes=2-3,7-7", "x"})
    EXPECT_FALSE(selection_of(other, part)) << other;
}

TEST(SelectionOfAPart, OfAWholeOfUnknownSizeIsOfWhatDoesNotDependOnThat) {
  const ContentRange part{{.first = 2, .last = 6}, std::nullopt};
  for (const auto* const inside : {"bytes=2-6", "bytes=3-4", "bytes=2-3,5-5"})
    EXPECT_TRUE(selection_of(inside, part)) << inside;
  for (const auto* const other :
       {"bytes=3-", "bytes=-2", "bytes=5-7", "bytes=3-4,9-", "bytes=7-", "bytes=-0", "bytes=1-2"})
    EXPECT_FALSE(selection_of(other, part)) << other;
}

TEST(APart, AnswersTheOneRangeThatItHasAllOf) {
  const ContentRange part{{.first = 2, .last = 6}, 10};
  for (const auto* const asked : {"bytes=2-6", "bytes=3-4"}) EXPECT_TRUE(answers(asked, part));
  for (const auto* const other :
       {"bytes=1-6", "bytes=2-7", "bytes=2-", "bytes=-4", "bytes=10-", "bytes=2-3,5-5", "x", ""})
    EXPECT_FALSE(answers(other, part)) << other;
}

TEST(APart, OfAWholeOfUnknownSizeAnswersWhatItMayBeAllOf) {
  const ContentRange part{{.first = 2, .last = 6}, std::nullopt};
  for (const auto* const asked : {"bytes=2-6", "bytes=3-4", "bytes=2-", "bytes=2-9", "bytes=-5"})
    EXPECT_TRUE(answers(asked, part)) << asked;
  for (const auto* const other :
       {"bytes=1-6", "bytes=0-", "bytes=7-9", "bytes=-6", "bytes=2-3,5-5", "x", ""})
    EXPECT_FALSE(answers(other, part)) << other;
}

}  // namespace
}  // namespace minato::cache
