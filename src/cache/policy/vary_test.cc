// RFC 9111 4.1.
#include "cache/policy/vary.h"

#include <gtest/gtest.h>

namespace minato::cache {
namespace {

using Lines = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class VaryTest : public testing::Test {
 protected:
  http::Fields fields(Lines lines) {
    http::Fields made(arena_);
    for (const auto& [name, value] : lines) made.add(name, value);
    return made;
  }
  bool select_each_other(std::string_view vary, Lines first, Lines second) {
    const auto names = vary_names(fields({{"Vary", vary}}));
    return variant_key(names, fields(first)) == variant_key(names, fields(second));
  }

 private:
  BlockPool pool_;
  Arena arena_{pool_};
};

TEST_F(VaryTest, NamesHaveNoCaseNoOrderAndNoRepetition) {
  EXPECT_EQ(vary_names(fields({{"Vary", "Foo, accept"}, {"vary", "ACCEPT,,bar"}})),
            "accept,bar,foo");
  EXPECT_EQ(vary_names(fields({})), "");
}

TEST_F(VaryTest, WhatIsNoNameHidesNoneBehindIt) {
  EXPECT_EQ(vary_names(fields({{"Vary", "Foo, \"x"}})), "foo");
}

TEST_F(VaryTest, TheSameValuesSelectEachOther) {
  EXPECT_TRUE(select_each_other("Foo", {{"Foo", "1"}}, {{"foo", "1"}, {"Bar", "2"}}));
  EXPECT_FALSE(select_each_other("Foo", {{"Foo", "1"}}, {{"Foo", "2"}}));
  EXPECT_FALSE(
      select_each_other("Foo, Bar", {{"Foo", "1"}, {"Bar", "2"}}, {{"Foo", "2"}, {"Bar", "1"}}));
}

TEST_F(VaryTest, AnAbsentFieldSelectsNoOtherThanAnAbsentOne) {
  EXPECT_TRUE(select_each_other("Foo, Bar", {{"Bar", "1"}}, {{"Bar", "1"}}));
  EXPECT_FALSE(select_each_other("Foo", {}, {{"Foo", ""}}));
  EXPECT_FALSE(select_each_other("Foo, Bar", {{"Foo", "1"}}, {{"Bar", "1"}}));
}

TEST_F(VaryTest, LinesAreOneListAndBlanksDoNotMatter) {
  EXPECT_TRUE(select_each_other("Foo", {{"Foo", "1, 2"}}, {{"Foo", "1"}, {"Foo", "2"}}));
  EXPECT_TRUE(select_each_other("Foo", {{"Foo", "1,2"}}, {{"Foo", "1 ,  2"}}));
  EXPECT_FALSE(select_each_other("Foo", {{"Foo", "1, 2"}}, {{"Foo", "2, 1"}}));
  EXPECT_FALSE(select_each_other("Foo", {{"Foo", "\"1, 2\""}}, {{"Foo", "\"1,2\""}}));
  EXPECT_FALSE(select_each_other("Foo", {{"Foo", "a b"}}, {{"Foo", "ab"}}));
}

TEST_F(VaryTest, WhatIsEmptyBetweenCommasCountsWhereNothingIsKnownOfTheField) {
  for (const auto* const other : {"1,,2", "1,2,", ",1,2", "1", "1;2"})
    EXPECT_FALSE(select_each_other("Foo", {{"Foo", "1,2"}}, {{"Foo", other}})) << other;
  EXPECT_FALSE(select_each_other("Foo", {{"Foo", ","}}, {{"Foo", ""}}));
  EXPECT_TRUE(select_each_other("Foo", {{"Foo", "1,,2"}}, {{"Foo", "1 , , 2"}}));
  EXPECT_TRUE(select_each_other("Foo", {{"Foo", "\"1,"}}, {{"Foo", "\"1,"}}));
  EXPECT_FALSE(select_each_other("Foo", {{"Foo", "\"1, 2"}}, {{"Foo", "\"1,2"}}));
  EXPECT_TRUE(select_each_other("Accept-Language", {{"Accept-Language", "de,,en"}},
                                {{"Accept-Language", "de,en"}}));
}

/// Else two lines poison what is for who says both in one.
TEST_F(VaryTest, NoneIsMadeOfTwoLinesWhereOneIsAllowed) {  // RFC 9110 5.3
  for (const auto* const name : {"User-Agent", "Authorization", "Origin", "Referer"}) {
    const Lines both{{name, "a (b, c)"}};
    EXPECT_TRUE(select_each_other(name, both, both));
    EXPECT_FALSE(select_each_other(name, both, {{name, "a (b"}, {name, "c)"}})) << name;
    EXPECT_FALSE(select_each_other(name, both, {{name, "a (b,c)"}})) << name;
  }
}

TEST_F(VaryTest, CookiesAreNoList) {  // RFC 6265 4.2.1
  const auto same = [&](std::string_view a, std::string_view b) {
    return select_each_other("Cookie", {{"Cookie", a}}, {{"Cookie", b}});
  };
  EXPECT_TRUE(same("a=1; b=2", "a=1; b=2"));
  for (const auto* const other : {"a=1,,2", "a=1, 2", "a=1 ,2", "a=1,2,", "A=1,2", "a=1; 2"})
    EXPECT_FALSE(same("a=1,2", other)) << other;
  const Lines lines{{"Cookie", "a=1"}, {"cookie", "b=2"}};
  EXPECT_TRUE(select_each_other("Cookie", lines, lines));
  for (const auto* const one : {"a=1; b=2", "a=1,b=2", "a=1", "b=2", "a=1b=2"})
    EXPECT_FALSE(select_each_other("Cookie", lines, {{"Cookie", one}})) << one;
}

TEST_F(VaryTest, LanguagesAreComparedByWeight) {
  const auto same = [&](std::string_view a, std::string_view b) {
    return select_each_other("Accept-Language", {{"Accept-Language", a}}, {{"Accept-Language", b}});
  };
  EXPECT_TRUE(same("en, de", "de, en"));
  EXPECT_TRUE(same("en, de", "eN ,  De"));
  EXPECT_TRUE(same("en;q=1.0, de;q=0.5", "de; q=0.500, en"));
  EXPECT_FALSE(same("en, de;q=0.5", "en;q=0.5, de"));
  EXPECT_FALSE(same("en", "en, de"));
  EXPECT_TRUE(same("en;level=1", "EN; level=1"));
  for (const auto* const other : {"en;level=1", "en;", "en;q", "en;q=5", "en;500", "en;q=0.5;q=1",
                                  "en;level=1;q=0.5", "en;q=0.5;level=1", "en;q=0.5;", "en;Q0.5"})
    EXPECT_FALSE(same("en", other) || same("en;q=0.5", other)) << other;
}

TEST_F(VaryTest, OfALongListTheOrderCountsAndAllOfIt) {
  std::string many = "a0";
  for (std::size_t i = 1; i < alternatives_max; ++i) many += ",a" + std::to_string(i);
  const auto same = [&](const std::string& a, const std::string& b) {
    return select_each_other("Accept-Language", {{"Accept-Language", a}}, {{"Accept-Language", b}});
  };
  EXPECT_TRUE(same("x," + many, "X , " + many));
  EXPECT_FALSE(same(many + ",x", "x," + many));
  EXPECT_FALSE(same(many + ",x", many + ",y"));
  EXPECT_FALSE(same(many + ",x", many));
}

TEST_F(VaryTest, CodingsAreComparedByWeight) {
  const auto same = [&](std::string_view a, std::string_view b) {
    return select_each_other("Accept-Encoding", {{"Accept-Encoding", a}}, {{"Accept-Encoding", b}});
  };
  EXPECT_TRUE(same("gzip, br", "BR,gzip"));
  EXPECT_FALSE(same("gzip", "gzip;q=0"));
  EXPECT_FALSE(same("gzip", "identity"));
  for (const auto* const other : {"gzip", "gzip;q=0", "gzip;q=1", "gzip;q=y"})
    EXPECT_FALSE(same("gzip;q=x", other)) << other;
  EXPECT_TRUE(same("br, GZIP ; q=x", "gzip;q=x,br"));
}

TEST_F(VaryTest, WhatAnOriginMayTakeForAFieldSelectsToo) {
  const auto same = [&](Lines a, Lines b) { return select_each_other("X-Lang, Accept", a, b); };
  const Lines none, plain{{"X-Lang", "de"}}, other{{"X_Lang", "de"}};
  EXPECT_FALSE(same(other, none));
  EXPECT_FALSE(same(other, plain));
  EXPECT_FALSE(same({{"X-Lang", "de"}, {"X_Lang", "fr"}}, plain));
  EXPECT_FALSE(same({{"X_Lang", "de"}, {"X_Lang", "fr"}}, other));
  EXPECT_FALSE(same({{"X_Lang", "fr"}, {"X_Lang", "de"}}, {{"X_Lang", "de"}, {"X_Lang", "fr"}}));
  EXPECT_FALSE(same({{"X_Lang", ""}}, none));
  EXPECT_FALSE(same({{"X-Lang", "x_lang:de"}}, {{"X-Lang", ""}, {"X_Lang", "de"}}));
  EXPECT_TRUE(same({{"x_LANG", "de"}}, other));
  EXPECT_TRUE(same({{"X_Lan", "de"}, {"XxLang", "de"}, {"X_Other", "1"}}, none));
  EXPECT_FALSE(select_each_other("Accept-Encoding", {{"Accept_Encoding", "gzip"}}, {}));
  EXPECT_FALSE(select_each_other("X_Lang", {{"X-Lang", "de"}}, {}));
}

TEST_F(VaryTest, WhatSelectsIsReadBack) {
  const auto key = variant_key("accept-encoding,x-a,x-b",
                               fields({{"X-A", ""}, {"Accept-Encoding", "gzip, BR;q=0.5"}}));
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> read;
  for_each_selecting("accept-encoding,x-a,x-b", key,
                     [&](auto name, auto value) { read.emplace_back(name, value); });
  const decltype(read) expected{{"accept-encoding", "gzip,br;500"}, {"x-a", ""}, {"x-b", {}}};
  EXPECT_EQ(read, expected);
  for_each_selecting("", "", [](auto, auto) { FAIL(); });
  read.clear();
  const auto others = variant_key("x-a,x-b", fields({{"X_A", "1"}, {"x_a", ""}, {"X-B", "2"}}));
  for_each_selecting("x-a,x-b", others,
                     [&](auto name, auto value) { read.emplace_back(name, value); });
  EXPECT_EQ(read, (decltype(read){{"x-a", {}}, {"x_a", "1"}, {"x_a", ""}, {"x-b", "2"}}));
}

TEST(Vary, ManyLinesTakeNoMoreThanTheirLength) {
  BlockPool blocks;
  Arena arena(blocks);
  for (const auto* const name : {"Cookie", "X-Lang", "X_Lang"}) {
    http::Fields request(arena);
    const std::string line(500, 'x');
    for (int i = 0; i < 100; ++i) request.add(name, line);
    const auto before = blocks.lent_bytes();
    (void)variant_key("cookie, x-lang", request);
    EXPECT_LT(blocks.lent_bytes() - before, 8 * 100 * line.size()) << name;
  }
}

}  // namespace
}  // namespace minato::cache
