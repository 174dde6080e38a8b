// RFC 9651 4.2.
#include "http/structured_field.h"

#include <gmock/gmock.h>

namespace minato::http {
namespace {

using Kind = SfValue::Kind;

const SfValue& value_of(const std::vector<SfMember>& members, std::string_view key) {
  const auto found = std::ranges::find(members, key, &SfMember::key);
  EXPECT_NE(found, members.end()) << key;
  return found->value;
}

TEST(SfDictionary, HoldsValuesOfEveryKind) {
  const auto members = *parse_sf_dictionary(
      R"(a=1, b=-2.5, c="x\"y", d=tok/en:x, e=:aGk=:, f=?0, g, h=@1659578233, i=(1 "b";q=1), j=%"f%c3%bc")");
  EXPECT_EQ(value_of(members, "a").integer, 1);
  EXPECT_EQ(value_of(members, "b").integer, -2500);
  EXPECT_EQ(value_of(members, "b").kind, Kind::decimal);
  EXPECT_EQ(value_of(members, "c").text, R"(x\"y)");
  EXPECT_EQ(value_of(members, "d").text, "tok/en:x");
  EXPECT_EQ(value_of(members, "e").kind, Kind::binary);
  EXPECT_FALSE(value_of(members, "f").boolean);
  EXPECT_TRUE(value_of(members, "g").boolean);
  EXPECT_EQ(value_of(members, "h").kind, Kind::date);
  EXPECT_EQ(value_of(members, "i").text, R"(1 "b";q=1)");
  EXPECT_EQ(value_of(members, "j").text, "f%c3%bc");
}

TEST(SfDictionary, TheLastValueOfAKeyCounts) {
  const auto members = *parse_sf_dictionary("a=1, b, a=2");
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].key, "a");
  EXPECT_EQ(members[0].value.integer, 2);
}

TEST(SfDictionary, ParametersArePassedOver) {
  const auto members = *parse_sf_dictionary("a=1;x;y=\"z\", b; c=?0, d=(1);l=2");
  EXPECT_EQ(members.size(), 3u);
}

TEST(SfDictionary, NothingIsAnEmptyOne) {
  EXPECT_EQ(parse_sf_dictionary("")->size(), 0u);
  EXPECT_EQ(parse_sf_dictionary("  ")->size(), 0u);
}

TEST(SfDictionary, HasAsManyMembersAsAnybodyMustReadAndNoMore) {  // RFC 9651 3.2
  std::string text = "a0";
  for (int number = 1; number < 1024; ++number) text += ",a" + std::to_string(number);
  EXPECT_EQ(parse_sf_dictionary(text)->size(), 1024u);
  EXPECT_FALSE(parse_sf_dictionary(text + ",b"));
  EXPECT_FALSE(parse_sf_dictionary(text + ",a0"));
}

TEST(SfDictionary, AnyFaultMakesItNone) {
  for (const std::string_view text : {"max-age=10, ",
                                      ",a",
                                      "a,,b",
                                      "A=1",
                                      "a =1",
                                      "a= 1",
                                      "a=1 b=2",
                                      "a=",
                                      "a=1.",
                                      "a=1.2345",
                                      "a=1234567890123456",
                                      "a=1234567890123.1",
                                      "a=--1",
                                      "a=\"x",
                                      "a=\"\\x\"",
                                      "a=:x",
                                      "a=?2",
                                      "a=@1.5",
                                      "a=(1",
                                      "a=(1,2)",
                                      "a=%\"%C3\"",
                                      "a=%x",
                                      "a=1;",
                                      "a=1;=2",
                                      "a=1;B",
                                      "a=\x7f",
                                      "a=\"\x01\"",
                                      "1=a",
                                      "a=10, b=fo\xc3\xb6"})
    EXPECT_FALSE(parse_sf_dictionary(text)) << text;
}

}  // namespace
}  // namespace minato::http
