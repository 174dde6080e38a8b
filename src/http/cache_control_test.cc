#include "http/cache_control.h"

#include <gmock/gmock.h>

namespace minato::http {
namespace {

using Lines = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class CacheControlTest : public testing::Test {
 protected:
  Governing response(Lines lines, std::vector<std::string_view> targeted = {}) {
    Fields fields(arena_);
    for (const auto& [name, value] : lines) fields.add(name, value);
    return response_directives(fields, targeted);
  }
  ResponseDirectives of(std::string_view value) {
    return response({{"Cache-Control", value}}).directives;
  }
  RequestDirectives request(Lines lines) {
    Fields fields(arena_);
    for (const auto& [name, value] : lines) fields.add(name, value);
    return request_directives(fields);
  }

 private:
  BlockPool pool_;
  Arena arena_{pool_};
};

TEST(DeltaSeconds, AreDigitsAndNothingElse) {
  EXPECT_EQ(parse_delta_seconds("0"), 0s);
  EXPECT_EQ(parse_delta_seconds("003600"), 3600s);
  EXPECT_EQ(parse_delta_seconds("2147483649"), Seconds(2147483649));
  for (const auto text : {"", "-1", "+1", "1.0", "a1", "1a", " 1", "'1'"})
    EXPECT_EQ(parse_delta_seconds(text), std::nullopt) << text;
}

TEST(DeltaSeconds, BeyondAllMeasureAreTheLongest) {
  EXPECT_EQ(parse_delta_seconds("99999999999999999999999"), delta_seconds_max);
  EXPECT_EQ(parse_delta_seconds("18446744073709551615"), delta_seconds_max);
}

TEST_F(CacheControlTest, NamesOfDirectivesHaveNoCase) {
  const auto said = of("MaX-aGe=5, PUBLIC, Must-Revalidate, s-MaxAge=6");
  EXPECT_EQ(said.max_age, 5s);
  EXPECT_EQ(said.s_maxage, 6s);
  EXPECT_TRUE(said.public_);
  EXPECT_TRUE(said.must_revalidate);
}

TEST_F(CacheControlTest, ArgumentsMayBeQuoted) {
  EXPECT_EQ(of(R"(max-age="5")").max_age, 5s);
  EXPECT_EQ(of(R"(ext="max-age=9", max-age=5)").max_age, 5s);
  EXPECT_EQ(of(R"(ext="a, max-age=9")").max_age, std::nullopt);
}

TEST_F(CacheControlTest, ALifetimeThatIsNoNumberIsZero) {  // RFC 9111 4.2.1
  for (const auto value : {"max-age='5'", "max-age=5.5", "max-age=a5", "max-age=5a", "max-age=-1",
                           "max-age", "max-age=", "max-age= 5"})
    EXPECT_EQ(of(value).max_age, 0s) << value;
}

TEST_F(CacheControlTest, ASpaceBeforeTheEqualsSignMakesAnotherName) {
  EXPECT_EQ(of("max-age =5").max_age, std::nullopt);
}

TEST_F(CacheControlTest, TheFirstOfSeveralCounts) {  // RFC 9111 4.2.1
  EXPECT_EQ(of("max-age=1, max-age=9").max_age, 1s);
  EXPECT_EQ(response({{"Cache-Control", "max-age=1"}, {"cache-control", "max-age=9, no-store"}})
                .directives.max_age,
            1s);
  EXPECT_TRUE(response({{"Cache-Control", "max-age=1"}, {"cache-control", "no-store"}})
                  .directives.no_store);
}

TEST_F(CacheControlTest, NoCacheAndPrivateMayBeNarrowedToFields) {  // RFC 9111 5.2.2.4, 5.2.2.7
  const auto said = of(R"(no-cache="Set-Cookie, X-A", private="X-B")");
  EXPECT_FALSE(said.no_cache);
  EXPECT_EQ(said.no_cache_fields, "Set-Cookie, X-A");
  EXPECT_FALSE(said.private_);
  EXPECT_EQ(said.private_fields, "X-B");
  EXPECT_EQ(of("no-cache=X-A").no_cache_fields, "X-A");
}

TEST_F(CacheControlTest, NarrowedToMoreThanAnybodyLooksForIsNotNarrowed) {
  const std::string most(4096, 'a');
  const std::string few = "private=\"" + most + "\"", many = "private=\"" + most + "b\"";
  EXPECT_EQ(of(few).private_fields, most);
  EXPECT_TRUE(of(many).private_);
  EXPECT_EQ(of(many).private_fields, "");
}

TEST_F(CacheControlTest, NarrowedTwiceIsNotNarrowed) {
  for (const auto value : {R"(no-cache="A", no-cache="B")", R"(no-cache="A", no-cache)",
                           R"(no-cache, no-cache="A")", R"(no-cache="")", "no-cache= "}) {
    EXPECT_TRUE(of(value).no_cache) << value;
    EXPECT_EQ(of(value).no_cache_fields, "") << value;
  }
}

TEST_F(CacheControlTest, WhatIsMalformedHidesNoRestriction) {
  for (const auto value :
       {"max-age=5; private", "private; max-age=5", R"(max-age=5, a="b, private)",
        R"(private="X-A)", R"(private="X-A; X-B")", "a b=c,d private"})
    EXPECT_TRUE(of(value).private_) << value;
  EXPECT_TRUE(of("no-cache; no-store").no_store);
  EXPECT_TRUE(of("max-age=5;Must-Revalidate").must_revalidate);
  for (const auto value : {R"(a="b, private", max-age=5)", R"(a="\", private", max-age=5)",
                           R"(a=private, max-age=5)", R"(privates, max-age=5)"}) {
    EXPECT_FALSE(of(value).private_) << value;
    EXPECT_EQ(of(value).max_age, 5s) << value;
  }
}

TEST_F(CacheControlTest, TargetedLinesTakeNoMoreThanTheirLength) {
  BlockPool blocks;
  Arena arena(blocks);
  Fields fields(arena);
  const std::string line = "a=\"" + std::string(500, 'x') + "\"";
  for (int i = 0; i < 100; ++i) fields.add("CDN-Cache-Control", line);
  const std::vector<std::string_view> targeted{"CDN-Cache-Control"};
  EXPECT_TRUE(response_directives(fields, targeted).targeted);
  EXPECT_LT(blocks.lent_bytes(), 4 * 100 * line.size());
}

TEST_F(CacheControlTest, StaleWindowsAreRead) {  // RFC 5861
  const auto said = of("stale-while-revalidate=3, stale-if-error=4");
  EXPECT_EQ(said.stale_while_revalidate, 3s);
  EXPECT_EQ(said.stale_if_error, 4s);
}

TEST_F(CacheControlTest, ATargetedFieldSpeaksInsteadOfCacheControl) {  // RFC 9213 2.2
  const auto said = response({{"Cache-Control", "no-store"}, {"CDN-Cache-Control", "max-age=9"}},
                             {"CDN-Cache-Control"});
  EXPECT_TRUE(said.targeted);
  EXPECT_FALSE(said.directives.no_store);
  EXPECT_EQ(said.directives.max_age, 9s);
}

TEST_F(CacheControlTest, ATargetedFieldThatIsNoDictionaryOrEmptyIsIgnored) {
  for (const auto value : {"", "max-age=9,", "Max-Age=9", "max-age =9", "max-age='9'"}) {
    const auto said = response({{"Cache-Control", "max-age=1"}, {"CDN-Cache-Control", value}},
                               {"CDN-Cache-Control"});
    EXPECT_FALSE(said.targeted) << value;
    EXPECT_EQ(said.directives.max_age, 1s) << value;
  }
}

TEST_F(CacheControlTest, ATargetedLifetimeOfTheWrongKindIsZero) {
  for (const auto value : {"max-age=\"9\"", "max-age=9.5", "max-age=-1", "max-age"})
    EXPECT_EQ(response({{"CDN-Cache-Control", value}}, {"CDN-Cache-Control"}).directives.max_age,
              0s)
        << value;
}

TEST_F(CacheControlTest, TheFirstTargetedFieldOfTheListThatIsThereDecides) {
  const Lines lines{{"CDN-Cache-Control", "max-age=1"}, {"Minato-Cache-Control", "max-age=2"}};
  EXPECT_EQ(response(lines, {"Minato-Cache-Control", "CDN-Cache-Control"}).directives.max_age, 2s);
  EXPECT_EQ(response(lines, {"X", "CDN-Cache-Control"}).directives.max_age, 1s);
  EXPECT_FALSE(response(lines).targeted);
}

TEST_F(CacheControlTest, LinesOfATargetedFieldAreOneDictionary) {
  const auto said =
      response({{"CDN-Cache-Control", "max-age=1"}, {"CDN-Cache-Control", "no-cache, private=?0"}},
               {"CDN-Cache-Control"});
  EXPECT_EQ(said.directives.max_age, 1s);
  EXPECT_TRUE(said.directives.no_cache);
  EXPECT_FALSE(said.directives.private_);
}

TEST_F(CacheControlTest, ATargetedStringNarrowsToFields) {  // RFC 9213 2.1
  const auto said =
      response({{"CDN-Cache-Control", R"(no-cache="X-A", private="X-B")"}}, {"CDN-Cache-Control"})
          .directives;
  EXPECT_FALSE(said.no_cache || said.private_);
  EXPECT_EQ(said.no_cache_fields, "X-A");
  EXPECT_EQ(said.private_fields, "X-B");
}

TEST_F(CacheControlTest, RequestsHaveDirectivesOfTheirOwn) {
  const auto said =
      request({{"Cache-Control", "max-age=1, min-fresh=2, max-stale=3, no-store, only-if-cached"}});
  EXPECT_EQ(said.max_age, 1s);
  EXPECT_EQ(said.min_fresh, 2s);
  EXPECT_EQ(said.max_stale, 3s);
  EXPECT_TRUE(said.no_store);
  EXPECT_TRUE(said.only_if_cached);
  EXPECT_FALSE(said.no_cache);
}

TEST_F(CacheControlTest, MaxStaleWithoutALimitHasNone) {
  EXPECT_EQ(request({{"Cache-Control", "max-stale"}}).max_stale, delta_seconds_max);
  EXPECT_EQ(request({{"Cache-Control", "max-stale=x"}}).max_stale, std::nullopt);
}

TEST_F(CacheControlTest, PragmaCountsWhereThereIsNoCacheControl) {  // RFC 9111 5.4
  EXPECT_TRUE(request({{"Pragma", "foo, No-Cache"}}).no_cache);
  EXPECT_FALSE(request({{"Pragma", "no-cache"}, {"Cache-Control", "max-age=1"}}).no_cache);
  EXPECT_FALSE(request({{"Pragma", "no-cachex"}}).no_cache);
}

}  // namespace
}  // namespace minato::http
