// What the settings of a service come to, for the policy.
#include "cache/rules.h"

#include <gtest/gtest.h>

#include <array>

#include "cache/policy/testing.h"

namespace minato::cache {
namespace {

TEST(ServiceRules, AStatusComesBeforeItsClass) {
  ServiceCacheOptions options;
  options.status_ttl = {{{404, 404}, 10s}, {{400, 499}, 0s}, {{500, 599}, 1500ms}};
  const ServiceRules rules(options);
  const auto ttl = [&](std::uint16_t status) {
    return rules.reuse(status, nullptr).freshness.status_ttl;
  };
  EXPECT_EQ(ttl(404), 10s);
  EXPECT_EQ(ttl(400), 0s);
  EXPECT_EQ(ttl(499), 0s);
  EXPECT_EQ(ttl(503), 2s) << "whole seconds, and not less than was asked for";
  EXPECT_EQ(ttl(200), std::nullopt);
  EXPECT_EQ(rules.storing(404, nullptr).freshness.status_ttl, 10s);
}

TEST(ServiceRules, AUrlMayStandAsItIsAndAsEachOfThemHasIt) {
  BlockPool blocks;
  Arena arena(blocks);
  const ServiceRules plain;
  const ServiceRules sorting({.key = {.query = {.sort = true}}});
  const ServiceRules also_sorting({.key = {.query = {.sort = true}}});
  const Url url{.scheme = "http", .host = "a", .port = {}, .rest = "/?b&a"};
  const std::array all{&plain, &sorting, &also_sorting};
  const auto forms = forms_of(url, all, arena);
  ASSERT_EQ(forms.size(), 2u);
  EXPECT_EQ(forms[0], url);
  EXPECT_EQ(forms[1].rest, "/?a&b");
  EXPECT_EQ(forms_of(url, {}, arena).size(), 1u);
}

TEST(ServiceRules, WhatOtherTargetedFieldsWereReadForIsNotUsed) {  // RFC 9213 2.2
  Heads heads;
  const ServiceRules ours;
  const auto facts =
      heads.facts({{"Cache-Control", "max-age=60"}}, 200, {}, ours.reading(200, nullptr));
  const auto uses = [&](std::vector<std::string> fields) {
    return ServiceRules({.targeted_fields = std::move(fields)}).may_use(facts, nullptr);
  };
  EXPECT_TRUE(uses({"CDN-Cache-Control"}));
  EXPECT_TRUE(uses({"cdn-cache-control"}));
  EXPECT_FALSE(uses({}));
  EXPECT_FALSE(uses({"CDN-Cache-Control", "X-Cache-Control"}));
}

TEST(ServiceRules, StatusesThatAreNeverStoredHaveNoLifetime) {
  for (const auto* text : {"304", "412", "416", "1xx", "103"})
    EXPECT_TRUE(check_stored_status(text)) << text;
  for (const auto* text : {"200", "206", "302", "404", "503", "3xx", "5XX"})
    EXPECT_FALSE(check_stored_status(text)) << text;
}

/// What is made of a GET for `path`.
RequestRules rules_of(const ServiceRules& rules, std::string_view path, Heads& heads) {
  auto request = heads.request({});
  request.target.path = path;
  return rules.request(request, heads.arena());
}

struct BypassRow {
  const char* name;
  BypassOptions wanted;
  std::string_view path;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  bool bypasses;
};

const BypassRow bypass_rows[] = {
    {"ACookieOfThatName", {.cookie = "session"}, "/", {{"Cookie", "a=b; session=1"}}, true},
    {"OnAnotherLine",
     {.cookie = "session"},
     "/",
     {{"Cookie", "a=b"}, {"Cookie", "session=1"}},
     true},
    {"WithoutAValue", {.cookie = "session"}, "/", {{"Cookie", "session"}}, true},
    {"BehindABlank", {.cookie = "session"}, "/", {{"Cookie", "a=b session=1"}}, true},
    {"BehindAComma", {.cookie = "session"}, "/", {{"Cookie", "a=b,session=1"}}, true},
    {"NotInAValue", {.cookie = "session"}, "/", {{"Cookie", "a=session; session2=1"}}, false},
    {"InAnotherCase", {.cookie = "session"}, "/", {{"Cookie", "Session=1"}}, true},
    {"AField", {.header = "X-Preview"}, "/", {{"x-preview", ""}}, true},
    {"AKnownField", {.header = "authorization"}, "/", {{"Authorization", "x"}}, true},
    {"AFieldThatIsTakenForIt", {.header = "X-Preview"}, "/", {{"X_Preview", "1"}}, true},
    {"NoSuchField", {.header = "X-Preview"}, "/", {{"X-Previews", "1"}}, false},
    {"APrefix", {.path = "/admin/"}, "/admin/x", {}, true},
    {"ThePrefixItself", {.path = "/admin/"}, "/admin", {}, true},
    {"AtASegmentBoundary", {.path = "/admin"}, "/administer", {}, false},
    {"HoweverItIsWritten", {.path = "/admin/"}, "/x/..//%61dmin/", {}, true},
    {"WhereAnOriginMayReadThePrefix", {.path = "/admin/"}, "/x/..%2fadmin/", {}, true},
    {"OrWhatIsBelowIt", {.path = "/admin/"}, "/admin;x/y", {}, true},
    {"NotWhereNobodyCan", {.path = "/admin/"}, "/x/%20/%c3%a4/a&b=c@d/../z", {}, false},
    {"TheRoot", {.path = "/"}, "/x", {}, true},
    {"AnAbsoluteTargetWithoutAPath", {.path = "/"}, "", {}, true},
    {"AllOfOneItem", {.cookie = "s", .path = "/a"}, "/a", {{"Cookie", "s=1"}}, true},
    {"NotHalfOfIt", {.cookie = "s", .path = "/a"}, "/b", {{"Cookie", "s=1"}}, false},
};

class Bypass : public testing::TestWithParam<BypassRow> {};
INSTANTIATE_TEST_SUITE_P(ServiceRules, Bypass, testing::ValuesIn(bypass_rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(Bypass, HoldsFor) {
  const BypassRow& row = GetParam();
  ServiceCacheOptions options;
  options.bypass = {{.header = "X-Never"}, row.wanted};
  const ServiceRules rules(options);
  Heads heads;
  auto request = heads.request({});
  for (const auto& [name, value] : row.fields) request.fields.add(name, value);
  request.target.path = row.path;
  EXPECT_EQ(rules.request(request, heads.arena()).bypasses, row.bypasses);
}

TEST(ServiceRules, PathsAreComparedAsRoutingComparesThem) {
  ServiceCacheOptions options;
  options.bypass = {{.path = "/a//b"}};
  Heads heads;
  const ServiceRules merging(options, http::MergeSlashes::yes),
      exact(options, http::MergeSlashes::no);
  EXPECT_TRUE(rules_of(merging, "/a/b", heads).bypasses);
  EXPECT_FALSE(rules_of(exact, "/a/b", heads).bypasses);
}

TEST(ServiceRules, APathBeginsWithASlash) {
  for (const auto* text : {"", "admin", "/a?b", "/a#b", "/a/*", "/%zz", "/.."})
    EXPECT_TRUE(check_path_prefix(text)) << text;
  for (const auto* text : {"/", "/admin", "/admin/", "/%61", "/a.b/c"})
    EXPECT_FALSE(check_path_prefix(text)) << text;
}

TEST(ServiceRules, TheLongestForcedPathCounts) {
  ServiceCacheOptions options;
  options.force = {
      {.path = "/a", .ttl = 1s}, {.path = "/a/b/", .ttl = 2s}, {.path = "/c", .ttl = 3s}};
  const ServiceRules rules(options);
  Heads heads;
  const auto ttl = [&](std::string_view path) {
    const ForceOptions* const forced = rules_of(rules, path, heads).forced;
    return forced == nullptr ? Millis(0) : forced->ttl;
  };
  EXPECT_EQ(ttl("/a"), 1s);
  EXPECT_EQ(ttl("/a/b"), 2s);
  EXPECT_EQ(ttl("/a/b/c"), 2s);
  EXPECT_EQ(ttl("/a/bc"), 1s);
  EXPECT_EQ(ttl("/x/%2e%2e/c"), 3s);
  EXPECT_EQ(ttl("/cc"), 0s);
  EXPECT_EQ(ttl("/"), 0s);
}

/// Or who lures somebody to /static/..%2Faccount finds the account stored.
TEST(ServiceRules, NothingIsForcedWhereAnOriginMayReadAnotherPath) {
  ServiceCacheOptions options;
  options.force = {{.path = "/static/", .ttl = 60s, .even_private = true}};
  const ServiceRules merging(options, http::MergeSlashes::yes),
      exact(options, http::MergeSlashes::no);
  Heads heads;
  for (const auto* path : {"/static/..%2Faccount", "/static/..%2faccount", "/static/..%5caccount",
                           "/static/..\\account", "/static/..;/account", "/static/..%3b/account",
                           "/static/%252e%252e/account", "/static/%2e%2e%2faccount",
                           "/account%3f/../static/x", "/account%23/../static/x", "/static/x%00",
                           "/static/x%0a", "/static/x%1F", "/static/x%7f"}) {
    EXPECT_EQ(rules_of(merging, path, heads).forced, nullptr) << path;
    EXPECT_EQ(rules_of(exact, path, heads).forced, nullptr) << path;
  }
  EXPECT_EQ(rules_of(exact, "/static//../account", heads).forced, nullptr);
  EXPECT_EQ(rules_of(merging, "/account//../../static/x", heads).forced, nullptr);
  for (const auto* path : {"/static", "/static/a%20b", "/static/%c3%a4", "/static/a+b,c=d@e:f!g",
                           "/static/x//y", "/x/../%73tatic/..a"}) {
    EXPECT_NE(rules_of(merging, path, heads).forced, nullptr) << path;
    EXPECT_NE(rules_of(exact, path, heads).forced, nullptr) << path;
  }
}

TEST(ServiceRules, NothingIsForcedOfWhatDoesNotRead) {
  ServiceCacheOptions options;
  options.force = {{.path = "/", .ttl = 60s}};
  const ServiceRules rules(options);
  Heads heads;
  auto request = heads.request({});
  for (const auto method : {http::Method::get, http::Method::head, http::Method::post}) {
    request.method = method;
    const bool forces = rules.request(request, heads.arena()).forced != nullptr;
    EXPECT_EQ(forces, method != http::Method::post);
  }
}

TEST(ServiceRules, NoErrorIsForced) {
  const ServiceRules rules{ServiceCacheOptions{}};
  const ForceOptions forced{.path = "/", .ttl = 60s, .even_private = true};
  constexpr std::array<std::uint16_t, 7> forced_statuses{200, 203, 204, 206, 300, 301, 308};
  constexpr std::array<std::uint16_t, 7> others{302, 307, 404, 410, 500, 501, 503};
  for (const std::uint16_t status : forced_statuses) {
    EXPECT_EQ(rules.reuse(status, &forced).freshness.forced_ttl, 60s) << status;
    EXPECT_TRUE(rules.reading(status, &forced).overrules) << status;
  }
  for (const std::uint16_t status : others) {
    EXPECT_EQ(rules.storing(status, &forced).freshness.forced_ttl, std::nullopt) << status;
    EXPECT_FALSE(rules.reading(status, &forced).overrules) << status;
  }
}

}  // namespace
}  // namespace minato::cache
