#include "admin/purge_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace minato::admin {
namespace {

using testing::HasSubstr;

/// What is wrong with `body`; empty where nothing is.
std::string wrong(std::string_view body) {
  const auto order = parse_purge_order(body);
  return order ? std::string() : order.error();
}

TEST(PurgeOrder, IsOneThingAndHowItGoes) {
  const auto url = parse_purge_order(R"({"url": "http://a/b"})");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->what, "url");
  EXPECT_EQ(url->value, "http://a/b");
  EXPECT_EQ(url->how, cache::Purge::remove);
  const auto all = parse_purge_order(R"({"soft": true, "all": true})");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->what, "all");
  EXPECT_EQ(all->value, "");
  EXPECT_EQ(all->how, cache::Purge::mark_stale);
}

TEST(PurgeOrder, WhatIsNoJsonIsToldWhereItEnds) {
  EXPECT_THAT(wrong(""), HasSubstr("The body is empty."));
  EXPECT_THAT(wrong(R"({"tag": "x")"), HasSubstr(R"(it ends too early, behind "{"tag": "x"")"));
  EXPECT_THAT(wrong(R"({"tag": yes})"),
              HasSubstr(R"(what ends "{"tag": y" is wrong (line 1, byte 9 of the body).)"));
  EXPECT_THAT(wrong("{\n\"all\": true,\n}"), HasSubstr("(line 3, byte 16 of the body)"));
  EXPECT_THAT(wrong(R"({"all": 1e9999})"), HasSubstr("number"));
  EXPECT_THAT(wrong({"{\"all\": true}\0, \"soft\": true}", 29}),
              HasSubstr("(line 1, byte 14 of the"));
}

TEST(PurgeOrder, WhatIsToldHasABound) {
  const std::string long_one(60'000, 'a');
  for (const std::string& body :
       {"{\"tag\": " + long_one + "}", "{\"tag\": \"" + long_one, "{\"" + long_one + "\": 1}",
        "{\"" + long_one + "\": 1, \"" + long_one + "\": 1}", "{\"tag\": \"" + long_one + " b\"}",
        "{\"prefix\": \"" + long_one + "\"}", "{\"url\": \"http://a/#" + long_one + "\"}"}) {
    EXPECT_NE(wrong(body), "");
    EXPECT_LT(wrong(body).size(), 400u);
  }
}

TEST(PurgeOrder, AMemberThatIsWrongIsNamed) {
  EXPECT_THAT(wrong("[]"), HasSubstr("This is of the type array."));
  EXPECT_THAT(wrong("{}"), HasSubstr("What is to go is not said."));
  EXPECT_THAT(wrong(R"({"urls": "http://a/"})"), HasSubstr(R"("urls" is not known.)"));
  EXPECT_EQ(wrong(R"({"all": true, "soft": "yes"})"), R"("soft" must be true or false.)");
  EXPECT_EQ(wrong(R"({"all": false})"), R"("all" must be true.)");
  EXPECT_EQ(wrong(R"({"url": ""})"), R"("url" must be text, and not empty.)");
  EXPECT_EQ(wrong(R"({"url": 1})"), R"("url" must be text, and not empty.)");
  EXPECT_EQ(wrong(R"({"url": "http://a/", "tag": "x"})"),
            R"("url" and "tag" stand there together: a purge has one of them.)");
  EXPECT_THAT(wrong(R"({"all": true, "all": true})"), HasSubstr(R"("all" stands there twice.)"));
}

TEST(PurgeOrder, APrefixHasAHostAndAPath) {
  for (const std::string prefix :
       {"img", "shop.example", "http://shop.example", "http://shop.example?a=/", "/img/", "img*"})
    EXPECT_THAT(wrong("{\"prefix\": \"" + prefix + "\"}"),
                HasSubstr("such as http://shop.example/img/. For all of a host, purge the host."))
        << prefix;
  for (const std::string prefix :
       {"shop.example/", "http://shop.example/", "https://shop.example:81/img", "a/*b"})
    EXPECT_EQ(wrong("{\"prefix\": \"" + prefix + "\"}"), "");
}

TEST(PurgeOrder, APrefixNeedsNoWildcard) {
  EXPECT_EQ(wrong(R"({"prefix": "http://a/img/*"})"),
            R"("http://a/img/*" ends in a wildcard, which a prefix needs not: leave it out.)");
  EXPECT_EQ(wrong(R"({"url": "http://a/img/*"})"), "");  // a character as any other in a path
}

TEST(PurgeOrder, AFragmentIsNeverSent) {
  for (const std::string what : {"url", "prefix"})
    EXPECT_THAT(wrong("{\"" + what + "\": \"http://a/b#c\"}"), HasSubstr("has a fragment"));
  EXPECT_EQ(wrong(R"({"tag": "a#b"})"), "");
}

TEST(PurgeOrder, AUrlHasWhatATargetCanHave) {
  for (const std::string url : {"http://a/b c", R"(http://a/b\n)", "http://a/\xc3\xa9"})
    EXPECT_THAT(wrong("{\"url\": \"" + url + "\"}"), HasSubstr("such as %20")) << url;
}

TEST(PurgeOrder, ATagIsWhatAListOfThemCanHold) {
  for (const std::string tag : {"a, b", "a,b", "a b", " a", R"(a\tb)", R"(a\n)"})
    EXPECT_THAT(wrong("{\"tag\": \"" + tag + "\"}"), HasSubstr("is not one tag")) << tag;
  for (const std::string tag : {"*", "a;b", "a/b", R"(\")", "\xc3\xa9"})
    EXPECT_EQ(wrong("{\"tag\": \"" + tag + "\"}"), "") << tag;
}

}  // namespace
}  // namespace minato::admin
