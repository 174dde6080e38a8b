// What tells responses apart, and what does not.
#include "cache/key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "cache/policy/testing.h"
#include "cache/rules.h"

namespace minato::cache {
namespace {

struct QueryRow {
  const char* name;
  QueryKeyOptions options;
  std::string_view query;
  std::string_view counts;
};

const QueryKeyOptions ignore{.ignore = {"utm_*", "gclid"}};
const QueryKeyOptions only{.only = {"page", "f_*"}};
const QueryKeyOptions sort{.sort = true};

const QueryRow query_rows[] = {
    {"NoRules", {}, "b=1&&a=2&", "b=1&&a=2&"},
    {"Ignored", ignore, "utm_source=x&a=1&gclid=y&b", "a=1&b"},
    {"IgnoredWithoutAValue", ignore, "gclid&a=1", "a=1"},
    {"AllOfItIgnored", ignore, "utm_=x&gclid", ""},
    {"OtherNamesAreNotIgnored", ignore, "utm=1&gclids=2&GCLID=3", "utm=1&gclids=2&GCLID=3"},
    {"TheOrderStays", ignore, "b=1&gclid&a=2", "b=1&a=2"},
    {"NoneEmpty", ignore, "&&a=1&&b=2&", "a=1&b=2"},
    {"EscapedNamesAreNotIgnored", ignore, "gc%6cid=1", "gc%6cid=1"},
    {"NorOnesWithASecondSeparator", ignore, "gclid=1;page=2", "gclid=1;page=2"},
    {"EverythingIgnored", {.ignore = {"*"}}, "a=1&b%5b=2;c", ""},
    {"Only", only, "a=1&page=2&f_x=3&pages=4", "page=2&f_x=3"},
    {"OnlyHoweverItIsWritten", only, "PAGE=1&F.x=2&a.b=3", "PAGE=1&F.x=2"},
    {"OnlyAndWhatMayBeReadAsIt", only, "p%61ge=1&page[]=2&a=1;page=3&+page=4&=5",
     "p%61ge=1&page[]=2&a=1;page=3&+page=4&=5"},
    {"Sorted", sort, "b=1&a=2&c&a=1", "a=2&a=1&b=1&c"},
    {"SortedByName", sort, "ab=1&a=2", "a=2&ab=1"},
    {"WhatIsReadAlikeKeepsItsOrder", sort, "b=1&A=1&a=2&a=0", "A=1&a=2&a=0&b=1"},
    {"DotsAndUnderscoresToo", sort, "x_a=1&b=0&x.a=2", "b=0&x_a=1&x.a=2"},
    {"AnEscapedNameStopsTheSorting", sort, "b=1&%61=2&a=3", "b=1&%61=2&a=3"},
    {"AndSoDoBrackets", sort, "b=1&a[x]=2", "b=1&a[x]=2"},
    {"IgnoredAndSorted", {.ignore = {"x"}, .sort = true}, "b=1&x=0&a=2", "a=2&b=1"},
    {"WhatIsLeftOutDoesNotStopIt", {.only = {"a", "b"}, .sort = true}, "b=1&x=0&a=2", "a=2&b=1"},
};

class QueryOfKey : public testing::TestWithParam<QueryRow> {};
INSTANTIATE_TEST_SUITE_P(KeyRules, QueryOfKey, testing::ValuesIn(query_rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(QueryOfKey, HoldsFor) {
  const QueryRow& row = GetParam();
  Heads heads;
  const KeyRules rules({.query = row.options});
  const auto counts = rules.query(row.query, heads.arena());
  EXPECT_EQ(counts, row.counts);
  EXPECT_EQ(rules.query(counts, heads.arena()), counts) << "once more changes nothing";
}

std::string key_of(const KeyOptions& options, Lines fields, std::string_view query = "b=1&a=2") {
  Heads heads;
  auto request = heads.request(fields);
  request.authority = "Shop.example:80";
  request.target.path = "/x";
  request.target.has_query = !query.empty();
  request.target.query = query;
  const KeyRules rules(options);
  return std::string(make_key(http::Scheme::http, request, rules, 1, heads.arena()).text);
}

TEST(Key, IsTheUrlWhereNoRulesAddToIt) {
  EXPECT_EQ(key_of({}, {{"X-A", "1"}}), "http://shop.example/x?b=1&a=2");
}

TEST(Key, HasTheSchemeAndAPortThatIsNotItsOwn) {
  using enum http::Scheme;
  Heads heads;
  const auto key_at = [&](http::Scheme scheme, std::string_view authority) {
    auto request = heads.request({});
    request.authority = authority;
    return make_key(scheme, request, KeyRules({}), 1, heads.arena()).text;
  };
  EXPECT_EQ(key_at(http, "a"), "http://a/");
  EXPECT_EQ(key_at(https, "a"), "https://a/");
  EXPECT_EQ(key_at(https, "a:443"), "https://a/");
  EXPECT_EQ(key_at(https, "a:80"), "https://a:80/");
  EXPECT_EQ(key_at(http, "a:443"), "http://a:443/");
}

TEST(Key, HasWhatFieldsAndCookiesSay) {
  const KeyOptions options{.query = {}, .headers = {"X-A"}, .cookies = {"lang"}};
  EXPECT_EQ(key_of(options, {{"x-a", "red blue"}, {"Cookie", "a=b; lang=de"}}, ""),
            "http://shop.example/x header(x-a)=red%20blue cookie(lang)=de");
  EXPECT_EQ(key_of(options, {}, ""), "http://shop.example/x header(x-a) cookie(lang)");
}

TEST(Key, DiffersWhereverAnOriginMaySeeADifference) {
  const KeyOptions options{.query = {}, .headers = {"X-A", "X-B"}, .cookies = {"c"}};
  std::set<std::string> keys;
  const Lines requests[] = {
      {},
      {{"X-A", ""}},
      {{"X-A", "1"}},
      {{"X-B", "1"}},
      {{"X-A", "1"}, {"X-A", "2"}},
      {{"X-A", "2"}, {"X-A", "1"}},
      {{"X-A", "1, 2"}},
      {{"X-A", "1"}, {"X-B", "2"}},
      {{"X-A", "1 header(x-b)=2"}},
      {{"X-A", "1%20"}},
      {{"X_A", "1"}},
      {{"X_A", "1"}, {"X-A", "1"}},
      {{"Cookie", "c=1"}},
      {{"Cookie", "c=1; c=2"}},
      {{"Cookie", "c=2; c=1"}},
      {{"Cookie", "c=1,2"}},
      {{"Cookie", "c=\"1\""}},
      {{"Cookie", "c=\"1"}, {"Cookie", "a\""}},
      {{"Cookie", "c=\"1"}, {"Cookie", "b\""}},
  };
  for (const Lines& request : requests) keys.insert(key_of(options, request));
  EXPECT_EQ(keys.size(), std::size(requests));
}

TEST(Key, HasACookieAsAllOriginsReadIt) {
  const KeyOptions options{.query = {}, .headers = {}, .cookies = {"my_lang"}};
  for (const auto* const written : {"my_lang=de", "my_lang=de; a=1", "a=\"1\"; b=; my_lang=de"})
    EXPECT_EQ(key_of(options, {{"Cookie", written}}, ""),
              "http://shop.example/x cookie(my_lang)=de")
        << written;
  for (const auto* const written :
       {"", "a=my_lang", "a=my_lang=de", "my_lang2=de", "a=1; b c; d=2"})
    EXPECT_EQ(key_of(options, {{"Cookie", written}}, ""), "http://shop.example/x cookie(my_lang)")
        << written;
}

/// Nor is one of them as good as a plain one, or as none: not every origin sees it.
TEST(Key, HasWhateverSomeOriginMayTakeForACookie) {
  const KeyOptions options{.query = {}, .headers = {}, .cookies = {"my_lang"}};
  const std::string_view all[] = {"",
                                  "my_lang=de",
                                  "my_lang=\"de\"",
                                  "my_lang",
                                  "my_lang=",
                                  "my_lang =de",
                                  "my_lang= de",
                                  "my.lang=de",
                                  "my lang=de",
                                  "my[lang=de",
                                  "MY_LANG=de",
                                  "my_lang=de; MY_LANG=fr",
                                  "my_lang=de; a",
                                  "$x=1; my_lang=de",
                                  "a=1;my_lang=de",
                                  "my_lang=de;",
                                  "my_lang=de;a=1",
                                  "my_l%61ng=de",
                                  "my_l%61ng =de",
                                  "+my_lang=de",
                                  "path=/; my_lang=de",
                                  "my_lang[]=de",
                                  "my_lang=[]=de",
                                  "my_lang\xa0=de",
                                  "a=1;\xa0my_lang=de",
                                  "a=1 my_lang=de",
                                  "a=1,my_lang=de",
                                  "a=1 , my_lang=de",
                                  "a=1\tmy_lang=de",
                                  "a=\"1; my_lang=de",
                                  "my_lang=de; my_lang=fr",
                                  "my_lang=de,my_lang=fr",
                                  "my_lang=\"de; a\"",
                                  "my_lang=\"de; b\"",
                                  "my_lang=\"de\\\"; a\"",
                                  "my_lang=\"de\\\"; b\"",
                                  "my_lang=\"de\\"};
  std::set<std::string> keys;
  for (const auto written : all) keys.insert(key_of(options, {{"Cookie", written}}));
  EXPECT_EQ(keys.size(), std::size(all));
}

/// As Base64 has it, beside what makes cookies doubtful.
TEST(Key, TakesNoValueForAnEscapedName) {
  const KeyOptions options{.query = {}, .headers = {}, .cookies = {"lang"}};
  for (const auto* const written : {"a={\"b\":1}; token=x+y/z+w==", "a=b c; d=%7B%3D="})
    EXPECT_EQ(key_of(options, {{"Cookie", written}}), key_of(options, {})) << written;
}

/// Python's own parser, say, finds nothing behind some of these, nothing at all in others, and the
/// cookie behind the rest.
TEST(Key, TellsCookiesBesideWhatIsNoneByThat) {
  const KeyOptions options{.query = {}, .headers = {}, .cookies = {"c"}};
  std::set<std::string> keys;
  const std::string_view all[] = {"a", "a b=1", "a=1 2", "a=1,2", ";", "a=\"", "a=\xff", "a=1; "};
  for (const auto beside : all) {
    const std::string text(beside);
    for (const auto& written : {text + "; c=1", "c=1; " + text + " x"}) {
      keys.insert(key_of(options, {{"Cookie", written}}));
      EXPECT_THAT(*keys.rbegin(), testing::HasSubstr("cookie(c)")) << written;
      EXPECT_NE(key_of(options, {{"Cookie", written}}), key_of(options, {{"Cookie", "c=1"}}));
    }
  }
  EXPECT_EQ(keys.size(), 2 * std::size(all));
}

/// Where they are many PHP and Express leave out the last.
TEST(Key, TellsAParameterBehindMany) {
  for (const QueryKeyOptions& query : {QueryKeyOptions{.ignore = {"utm_*"}, .only = {}},
                                       QueryKeyOptions{.ignore = {}, .only = {"b"}},
                                       QueryKeyOptions{.ignore = {}, .only = {}, .sort = true}}) {
    const KeyOptions options{.query = query, .headers = {}, .cookies = {}};
    std::string many;
    for (int i = 0; i < 100; ++i) many += "utm_=&";
    EXPECT_NE(key_of(options, {}, many + "b=1"), key_of(options, {}, "b=1"));
    EXPECT_NE(key_of(options, {}, many + "b=1"), key_of(options, {}, "b=1&" + many));
  }
}

TEST(Key, TellsACookieBehindMany) {
  const KeyOptions options{.query = {}, .headers = {}, .cookies = {"c"}};
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a=; ";
  EXPECT_NE(key_of(options, {{"Cookie", many + "c=1"}}), key_of(options, {{"Cookie", "c=1"}}));
}

TEST(Key, OfManyLinesTakesNoMoreThanTheirLength) {
  BlockPool blocks;
  Arena arena(blocks);
  http::Fields request(arena);
  const std::string line(500, 'x');
  for (int i = 0; i < 100; ++i) request.add("Cookie", line);
  const KeyRules rules({.query = {}, .headers = {}, .cookies = {"a", "b", "c", "d"}});
  (void)rules.suffix(request, arena);
  EXPECT_LT(blocks.lent_bytes(), 4 * 100 * line.size());
}

TEST(Key, TellsListenersApart) {
  BlockPool blocks;
  Arena arena(blocks);
  const http::Fields none(arena);
  const KeyOptions plain, cut{.query = {.ignore = {"a"}}, .headers = {}, .cookies = {}};
  const KeyRules all[] = {KeyRules(plain), KeyRules(plain, "[::]:80"), KeyRules(plain, "[::]:81"),
                          KeyRules(cut), KeyRules(cut, "[::]:80")};
  for (const KeyRules& made : all)
    for (const KeyRules& asked : all) {
      const auto key = arena.join("http://h/x", made.suffix(none, arena));
      EXPECT_EQ(asked.may_have_made(key), &asked == &made) << key;
    }
  EXPECT_EQ(all[1].suffix(none, arena), " listener([::]:80)");
}

TEST(Key, OfOtherRulesIsAnother) {
  std::set<std::string> keys;
  const KeyOptions all[] = {{},
                            {.query = {.sort = true}},
                            {.query = {.ignore = {"a"}}},
                            {.query = {.only = {"a"}}},
                            {.query = {.ignore = {"b"}}},
                            {.headers = {"a"}},
                            {.cookies = {"a"}}};
  for (const KeyOptions& options : all) keys.insert(key_of(options, {}, ""));
  EXPECT_EQ(keys.size(), std::size(all));
}

TEST(Key, SaysWhichRulesMayHaveMadeIt) {
  const KeyOptions sorting{.query = {.sort = true}}, telling{.headers = {"a"}};
  EXPECT_TRUE(KeyRules(sorting).may_have_made(key_of(sorting, {})));
  EXPECT_TRUE(KeyRules(telling).may_have_made(key_of(telling, {})));
  EXPECT_TRUE(KeyRules({}).may_have_made(key_of({}, {})));
  EXPECT_FALSE(KeyRules({}).may_have_made(key_of(sorting, {})));
  EXPECT_FALSE(KeyRules(sorting).may_have_made(key_of(telling, {})));
  EXPECT_FALSE(KeyRules(telling).may_have_made(key_of(sorting, {})));
}

TEST(Key, AReferenceIsOfAUrl) {
  Heads heads;
  const auto named = [&](std::string_view reference) {
    const Url base = split_url("http://a.example/x/y?b=1").value();
    const auto url = resolve(base, reference, heads.arena());
    return url ? std::string(url->rest) : "elsewhere";
  };
  EXPECT_EQ(named("/z?a=1"), "/z?a=1");
  EXPECT_EQ(named("z"), "/x/z");
  EXPECT_EQ(named("?c"), "/x/y?c");
  EXPECT_EQ(named("#top"), "/x/y?b=1");
  EXPECT_EQ(named("../z"), "/z");
  EXPECT_EQ(named("./a/../../../b/.."), "/");
  EXPECT_EQ(named("/a/./b/."), "/a/b/");
  EXPECT_EQ(named("/done?next=http://b/z"), "/done?next=http://b/z");
  EXPECT_EQ(named("z?to=c:d"), "/x/z?to=c:d");
  EXPECT_EQ(named("http://A.example:80/z#top"), "/z");
  EXPECT_EQ(named("http://a.example.:080/z"), "/z");
  EXPECT_EQ(named("http://a.example/x/../z/./y?to=../b"), "/z/y?to=../b");
  EXPECT_EQ(named("//a.example/.."), "/");
  EXPECT_EQ(named("http://a.example:81/z"), "elsewhere");
  EXPECT_EQ(named("https://a.example:80/z"), "elsewhere");
  EXPECT_EQ(named("http://b/z"), "elsewhere");
  EXPECT_EQ(named("//a.example/z"), "/z");
  EXPECT_EQ(named("http://a.example?c"), "/?c");
  EXPECT_EQ(named("//b/z"), "elsewhere");
  EXPECT_EQ(named("mailto:a"), "elsewhere");
  EXPECT_EQ(named(""), "elsewhere");
}

TEST(KeyRules, NamesOfParametersAreLettersAndSuch) {
  for (const auto* text : {"", "a b", "a[]", "a*b", "%61", "a=b", "**"})
    EXPECT_TRUE(check_parameter(text)) << text;
  for (const auto* text : {"a", "utm_*", "*", "a-b.c_D9"})
    EXPECT_FALSE(check_parameter(text)) << text;
}

TEST(Key, PortsThatAClientMadeUpAreSpreadInTheIndex) {
  BlockPool blocks;
  Arena arena(blocks);
  std::set<std::uint64_t> hashes;
  for (int port = 1000; port < 1100; ++port) {
    const std::string authority = "a.example:" + std::to_string(port);
    http::RequestHead head(arena);
    head.authority = authority;
    hashes.insert(make_key(http::Scheme::http, head, KeyRules(KeyOptions{}), 7, arena).hash);
  }
  EXPECT_EQ(hashes.size(), 100u);
}

}  // namespace
}  // namespace minato::cache
