// RFC 9111 3 and what it refers to.
#include "cache/policy/storing.h"

#include <gtest/gtest.h>

#include "cache/policy/testing.h"

namespace minato::cache {
namespace {

using http::Method;

struct Row {
  const char* clause;
  const char* name;
  std::vector<std::pair<std::string_view, std::string_view>> response;
  Refusal refusal = Refusal::none;
  std::uint16_t status = 200;
  std::vector<std::pair<std::string_view, std::string_view>> request{};
  Method method = Method::get;
  bool answers_for_target = false;
  StoringRules rules{};
};

const Row rows[] = {
    {"3", "MaxAgeAllowsIt", {{"Cache-Control", "max-age=60"}}},
    {"3", "ExpiresAllowsIt", {{"Expires", "Thu, 18 Aug 2050 02:01:18 GMT"}}, Refusal::none, 500},
    {"3", "AnUnknownStatusWithALifetime", {{"Cache-Control", "max-age=60"}}, Refusal::none, 599},
    {"3",
     "PublicAllowsAStatusThatNeedsIt",
     {{"Cache-Control", "public"}, {"ETag", "\"a\""}},
     Refusal::none,
     302},
    {"3",
     "NothingAllowsAStatusWithoutALifetime",
     {{"ETag", "\"a\""}},
     Refusal::nothing_allows_it,
     302},
    {"3", "AHeuristicStatusWithAValidator", {{"ETag", "\"a\""}}, Refusal::none, 404},
    {"3", "WhatIsOfNoUseIsNotStored", {}, Refusal::no_use},
    {"3",
     "StaleOnArrivalWithoutAValidator",
     {{"Cache-Control", "max-age=60"}, {"Age", "61"}},
     Refusal::no_use},
    {"3",
     "StaleOnArrivalButMayServeStale",
     {{"Cache-Control", "max-age=0, stale-while-revalidate=60"}}},
    {"3",
     "StaleOnArrivalButMayStandInForErrors",
     {{"Cache-Control", "max-age=0, stale-if-error=60"}}},
    {"3",
     "NoCacheWithoutAValidatorIsOfNoUse",
     {{"Cache-Control", "no-cache, max-age=60"}},
     Refusal::no_use},
    {"3",
     "TheConfiguredLifetimeMakesItOfUse",
     {},
     Refusal::none,
     200,
     {},
     Method::get,
     false,
     {.freshness = {.default_ttl = 300s}}},
    {"status_ttl",
     "AListedStatusThatStatesNothing",
     {},
     Refusal::none,
     503,
     {},
     Method::get,
     false,
     {.freshness = {.status_ttl = 1s}}},
    {"status_ttl",
     "NotAgainstNoStore",
     {{"Cache-Control", "no-store"}},
     Refusal::no_store,
     503,
     {},
     Method::get,
     false,
     {.freshness = {.status_ttl = 1s}}},
    {"status_ttl",
     "NorAgainstPrivate",
     {{"Cache-Control", "private"}},
     Refusal::private_,
     404,
     {},
     Method::get,
     false,
     {.freshness = {.status_ttl = 1s}}},
    {"status_ttl",
     "NorForANamedUser",
     {{"Cache-Control", "x"}},
     Refusal::authorization,
     503,
     {{"Authorization", "Basic eA=="}},
     Method::get,
     false,
     {.freshness = {.status_ttl = 1s}}},
    {"status_ttl",
     "NorForOneWithCookies",
     {},
     Refusal::cookie,
     503,
     {{"Cookie", "a=b"}},
     Method::get,
     false,
     {.freshness = {.status_ttl = 1s}}},
    {"status_ttl",
     "NorForOneWhoGetsACookie",
     {{"Set-Cookie", "a=b"}},
     Refusal::set_cookie,
     404,
     {},
     Method::get,
     false,
     {.freshness = {.status_ttl = 1s}}},
    {"status_ttl",
     "OfZeroKeepsOutWhatCouldBeValidated",
     {{"ETag", "\"a\""}},
     Refusal::nothing_allows_it,
     404,
     {},
     Method::get,
     false,
     {.freshness = {.default_ttl = 300s, .status_ttl = 0s}}},
    {"status_ttl",
     "OfZeroButNotWhatStatesALifetime",
     {{"Cache-Control", "max-age=60"}},
     Refusal::none,
     404,
     {},
     Method::get,
     false,
     {.freshness = {.status_ttl = 0s}}},
    {"status_ttl",
     "IsNoLifetimeOfAPost",
     {},
     Refusal::method,
     200,
     {},
     Method::post,
     true,
     {.freshness = {.status_ttl = 60s}}},
    {"5.2.2.5", "NoStore", {{"Cache-Control", "no-store, max-age=60"}}, Refusal::no_store},
    {"5.2.1.5",
     "NoStoreOfTheRequest",
     {{"Cache-Control", "max-age=60"}},
     Refusal::request_no_store,
     200,
     {{"Cache-Control", "no-store"}}},
    {"5.2.2.7", "Private", {{"Cache-Control", "private, max-age=60"}}, Refusal::private_},
    {"5.2.2.7",
     "PrivateOfOneFieldIsNotPrivate",
     {{"Cache-Control", "private=\"X-A\", max-age=60"}}},
    {"5.2.2.3",
     "MustUnderstandAndDoesNot",
     {{"Cache-Control", "max-age=60, must-understand"}},
     Refusal::not_understood,
     599},
    {"3.3",
     "MustUnderstandAndDoesSoOfAPart",
     {{"Cache-Control", "max-age=60, must-understand"}},
     Refusal::none,
     206},
    {"5.2.2.3",
     "MustUnderstandOverridesNoStoreForThoseWhoDo",
     {{"Cache-Control", "max-age=60, must-understand, no-store"}}},
    {"3.5",
     "Authorization",
     {{"Cache-Control", "max-age=60"}},
     Refusal::authorization,
     200,
     {{"Authorization", "Basic eA=="}}},
    {"3.5",
     "AuthorizationWithPublic",
     {{"Cache-Control", "public, max-age=60"}},
     Refusal::none,
     200,
     {{"Authorization", "Basic eA=="}}},
    {"3.5",
     "AuthorizationWithSharedMaxAge",
     {{"Cache-Control", "s-maxage=60"}},
     Refusal::none,
     200,
     {{"Authorization", "Basic eA=="}}},
    {"3.5",
     "AuthorizationWithMustRevalidate",
     {{"Cache-Control", "must-revalidate, max-age=60"}},
     Refusal::none,
     200,
     {{"Authorization", "Basic eA=="}}},
    {"3.5",
     "AuthorizationWithProxyRevalidate",
     {{"Cache-Control", "proxy-revalidate, max-age=60"}},
     Refusal::authorization,
     200,
     {{"Authorization", "Basic eA=="}}},
    {"4.1",
     "VaryOnEverything",
     {{"Cache-Control", "max-age=60"}, {"Vary", "A, *"}},
     Refusal::varies_on_all},
    {"9110 15.4.5",
     "NotModifiedIsNoResponseToStore",
     {{"Cache-Control", "max-age=60"}},
     Refusal::status,
     304},
    {"9110 15.5.13",
     "AFailedPreconditionIsOfOneRequestAlone",
     {{"Cache-Control", "max-age=60"}},
     Refusal::status,
     412},
    {"9110 15.5.17",
     "UnsatisfiableIsForOneRequestAlone",
     {{"Cache-Control", "max-age=60"}},
     Refusal::status,
     416},
    {"9110 9.3.3",
     "PostWithoutContentLocation",
     {{"Cache-Control", "max-age=60"}},
     Refusal::method,
     200,
     {},
     Method::post},
    {"9110 9.3.3",
     "PostThatAnswersForItsTarget",
     {{"Cache-Control", "max-age=60"}},
     Refusal::none,
     200,
     {},
     Method::post,
     true},
    {"9110 9.3.3",
     "PostThatOnlyPointsElsewhere",
     {{"Cache-Control", "max-age=60"}},
     Refusal::method,
     303,
     {},
     Method::post,
     true},
    {"9110 9.3.3",
     "PostWithoutALifetime",
     {{"ETag", "\"a\""}},
     Refusal::method,
     200,
     {},
     Method::post,
     true},
    {"3",
     "PutIsNotStored",
     {{"Cache-Control", "max-age=60"}},
     Refusal::method,
     200,
     {},
     Method::put,
     true},
    {"set_cookie",
     "ACookieWithAStatedLifetimeIsStored",
     {{"Cache-Control", "max-age=60"}, {"Set-Cookie", "a=b"}}},
    {"set_cookie",
     "ButNotWithoutOne",
     {{"ETag", "\"a\""}, {"Set-Cookie", "a=b"}},
     Refusal::set_cookie},
    {"set_cookie",
     "NorWhereItIsToBeBypassed",
     {{"Cache-Control", "max-age=60"}, {"Set-Cookie", "a=b"}},
     Refusal::set_cookie,
     200,
     {},
     Method::get,
     false,
     {.set_cookie = SetCookie::bypass}},
    {"set_cookie",
     "StrippedItIsLikeAnyOther",
     {{"ETag", "\"a\""}, {"Set-Cookie", "a=b"}},
     Refusal::none,
     200,
     {},
     Method::get,
     false,
     {.set_cookie = SetCookie::strip}},
};

class Storing : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Rfc9111, Storing, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

/// Why a 200 of a request with a Cookie is not stored where `ttl` is a minute.
struct CookieRow {
  std::vector<std::pair<std::string_view, std::string_view>> response;
  Refusal refusal;
  StoringRules rules{.freshness = {.default_ttl = 60s}};
};

const CookieRow cookie_rows[] = {
    {{}, Refusal::cookie},
    {{{"ETag", "\"a\""}}, Refusal::none},
    {{}, Refusal::none, {.freshness = {.default_ttl = 60s, .ttl_applies_to_cookies = true}}},
    {{{"Set-Cookie", "a=b"}},
     Refusal::cookie,
     {.freshness = {.default_ttl = 60s}, .set_cookie = SetCookie::strip}},
    {{}, Refusal::cookie, {.freshness = {.status_ttl = 60s}}},
    {{}, Refusal::cookie, {.freshness = {}, .stale = {.if_error = 60s}}},
    // Here it is not for the Cookie.
    {{}, Refusal::no_use, {.freshness = {}}},
    {{{"Cache-Control", "max-age=0"}}, Refusal::no_use},
    {{{"Cache-Control", "no-cache"}}, Refusal::no_use},
    {{}, Refusal::nothing_allows_it, {.freshness = {.default_ttl = 60s, .status_ttl = 0s}}},
};

TEST(StoringRules, ACookieIsNamedWhereItAloneKeepsAResponseOut) {
  for (const CookieRow& row : cookie_rows) {
    Heads heads;
    const RequestFacts asked = request_facts(heads.request({{"Cookie", "a=b"}}));
    auto response = heads.response({});
    for (const auto& [name, value] : row.response) response.fields.add(name, value);
    const auto facts = response_facts(response, asked, {t0, t0}, {});
    EXPECT_EQ(name(why_not_store(asked, facts, {}, row.rules)), name(row.refusal))
        << &row - cookie_rows;
  }
}

TEST(StoringRules, TtlIsALifetimeForCookiesToo) {
  Heads heads;
  const auto request = heads.request({}, Method::get);
  const auto response = heads.response({{"Set-Cookie", "a=b"}}, 200);
  const RequestFacts asked = request_facts(request);
  for (const bool applies : {false, true}) {
    const StoringRules rules{
        .freshness = {.default_ttl = Seconds(60), .ttl_applies_to_cookies = applies}};
    const auto facts = response_facts(response, asked, {t0, t0}, {});
    EXPECT_EQ(name(why_not_store(asked, facts, {}, rules)), applies ? "none" : "set-cookie");
  }
}

TEST(StoringRules, WhatTheConfigurationAloneAllowedGoesWithIt) {
  Heads heads;
  const auto error = heads.facts({}, 500), missing = heads.facts({{"ETag", "\"a\""}}, 404);
  EXPECT_TRUE(may_stay(error, {.status_ttl = 1s}, {}));
  EXPECT_FALSE(may_stay(error, {.default_ttl = 300s}, {}));
  EXPECT_TRUE(may_stay(missing, {}, {}));
  EXPECT_FALSE(may_stay(missing, {.status_ttl = 0s}, {}));
  EXPECT_TRUE(may_stay(heads.facts({{"Cache-Control", "max-age=1"}}, 500), {.status_ttl = 0s}, {}));
}

/// What is stored of a response with Set-Cookie, under settings of another day.
struct StayingRow {
  Lines response;
  bool keeps_it;
  FreshnessRules freshness;
  SetCookie set_cookie;
  bool stays;
};

const Lines stated{{"Set-Cookie", "a=b"}, {"Cache-Control", "max-age=60"}};
const Lines silent{{"Set-Cookie", "a=b"}};
constexpr FreshnessRules for_cookies{.default_ttl = 60s, .ttl_applies_to_cookies = true};

const StayingRow staying_rows[] = {
    {stated, true, {}, SetCookie::store, true},
    {stated, true, {}, SetCookie::strip, false},
    {stated, true, {}, SetCookie::bypass, false},
    {stated, true, {.forced_ttl = 60s, .forces_private = true}, SetCookie::store, false},
    {stated, false, {}, SetCookie::store, true},
    {stated, false, {}, SetCookie::strip, true},
    {stated, false, {}, SetCookie::bypass, false},
    {silent, true, for_cookies, SetCookie::store, true},
    {silent, true, {.default_ttl = 60s}, SetCookie::store, false},
    {silent, false, {.default_ttl = 60s}, SetCookie::store, false},
    {silent, false, {.default_ttl = 60s}, SetCookie::strip, true},
};

TEST(StoringRules, WhatHasACookieGoesWithWhatAllowedThat) {
  for (const StayingRow& row : staying_rows) {
    Heads heads;
    auto facts = heads.facts(row.response);
    facts.keeps_set_cookie = row.keeps_it;
    EXPECT_EQ(may_stay(facts, row.freshness, {.set_cookie = row.set_cookie}), row.stays)
        << &row - staying_rows;
  }
}

TEST(StoringRules, WhatWasReadByOtherFieldsGoes) {  // RFC 9213 2.2
  Heads heads;
  const auto facts = heads.facts({{"Cache-Control", "max-age=60"}}, 200, {}, {.targeting = 1});
  EXPECT_TRUE(may_stay(facts, {}, {.targeting = 1}));
  EXPECT_FALSE(may_stay(facts, {}, {.targeting = 2}));
}

/// What is stored of a path whose freshness is forced.
struct ForcedRow {
  std::vector<std::pair<std::string_view, std::string_view>> response;
  Refusal plainly;       ///< without even_private
  Refusal even_private;  ///< with it
  std::vector<std::pair<std::string_view, std::string_view>> request{};
};

const ForcedRow forced_rows[] = {
    {{{"Cache-Control", "max-age=0"}}, Refusal::none, Refusal::none},
    {{}, Refusal::none, Refusal::none, {{"Cookie", "a=b"}}},
    {{{"Cache-Control", "no-store"}}, Refusal::no_store, Refusal::none},
    {{{"Cache-Control", "private, max-age=0"}}, Refusal::private_, Refusal::none},
    {{{"Cache-Control", "no-cache"}}, Refusal::no_use, Refusal::none},
    {{{"Set-Cookie", "a=b"}}, Refusal::set_cookie, Refusal::none},
    {{{"Vary", "*"}}, Refusal::varies_on_all, Refusal::varies_on_all},
    {{}, Refusal::authorization, Refusal::authorization, {{"Authorization", "x"}}},
    {{}, Refusal::request_no_store, Refusal::request_no_store, {{"Cache-Control", "no-store"}}},
};

TEST(StoringRules, WhatIsForcedIsStoredThoughItSaysNothingOfThat) {
  for (const ForcedRow& row : forced_rows) {
    for (const bool even_private : {false, true}) {
      Heads heads;
      auto request = heads.request({});
      for (const auto& [name, value] : row.request) request.fields.add(name, value);
      auto response = heads.response({});
      for (const auto& [name, value] : row.response) response.fields.add(name, value);
      const RequestFacts asked = request_facts(request);
      const auto facts = response_facts(response, asked, {t0, t0}, {.overrules = even_private});
      const FreshnessRules freshness{.forced_ttl = 60s, .forces_private = even_private};
      const Refusal refusal = why_not_store(asked, facts, {}, {.freshness = freshness});
      EXPECT_EQ(name(refusal), name(even_private ? row.even_private : row.plainly))
          << (row.response.empty() ? "" : row.response.front().second) << even_private;
    }
  }
}

TEST(StoringRules, WhatIsForcedComesBeforeAStatus) {
  Heads heads;
  const auto facts = heads.facts({}, 200);
  const FreshnessRules rules{.status_ttl = 0s, .forced_ttl = 60s};
  EXPECT_EQ(name(why_not_store({}, facts, {}, {.freshness = rules})), "none");
  EXPECT_TRUE(may_stay(facts, rules, {}));
}

TEST(StoringRules, WhatWasOverruledGoesWithTheRule) {
  Heads heads;
  const auto facts =
      heads.facts({{"Cache-Control", "private, max-age=60"}}, 200, {}, {.overrules = true});
  EXPECT_TRUE(may_stay(facts, {.forced_ttl = 60s, .forces_private = true}, {}));
  EXPECT_FALSE(may_stay(facts, {.forced_ttl = 60s}, {}));
  EXPECT_FALSE(may_stay(facts, {}, {}));
}

TEST_P(Storing, HoldsFor) {
  const Row& row = GetParam();
  Heads heads;
  auto request = heads.request({}, row.method);
  for (const auto& [name, value] : row.request) request.fields.add(name, value);
  auto response = heads.response({}, row.status);
  for (const auto& [name, value] : row.response) response.fields.add(name, value);
  const RequestFacts asked = request_facts(request);
  const auto facts = response_facts(response, asked, {t0, t0}, {});
  const Refusal refusal =
      why_not_store(asked, facts, {.answers_for_target = row.answers_for_target}, row.rules);
  EXPECT_EQ(name(refusal), name(row.refusal)) << "clause " << row.clause;
}

}  // namespace
}  // namespace minato::cache
