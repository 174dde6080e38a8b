// RFC 9111 4 and 5.2.1, RFC 5861.
#include "cache/policy/reuse.h"

#include <gtest/gtest.h>

#include "cache/policy/testing.h"

namespace minato::cache {
namespace {

struct Row {
  const char* clause;
  const char* name;
  std::string_view stored;  // Cache-Control of the response
  Nanos asked_after;
  std::string_view asked;  // Cache-Control of the request
  Use use;
  Why why;
  ReuseRules rules{};
  bool purged = false;
};

constexpr ReuseRules windows{.stale = {.while_revalidate = 30s, .if_error = 300s}};

constexpr ReuseRules forced{.freshness = {.forced_ttl = 100s}};

const Row rows[] = {
    {"4", "FreshServes", "max-age=60", 59s, "", Use::serve, Why::fresh},
    {"4", "StaleIsValidated", "max-age=60", 60s, "", Use::validate, Why::stale},
    {"5.2.2.4", "NoCacheIsValidatedEachTime", "max-age=60, no-cache", 1s, "", Use::validate,
     Why::no_cache},
    {"5.2.2.4", "NoCacheOfOneFieldServesWithoutIt", "max-age=60, no-cache=\"X-A\"", 1s, "",
     Use::serve, Why::fresh},
    {"5.2.1.4", "NoCacheOfTheRequest", "max-age=60", 1s, "no-cache", Use::validate,
     Why::request_no_cache},
    {"5.2.1.1", "YoungEnoughForTheRequest", "max-age=60", 10s, "max-age=10", Use::serve,
     Why::fresh},
    {"5.2.1.1", "TooOldForTheRequest", "max-age=60", 11s, "max-age=10", Use::validate,
     Why::request_max_age},
    {"5.2.1.3", "FreshForLongEnough", "max-age=60", 40s, "min-fresh=20", Use::serve, Why::fresh},
    {"5.2.1.3", "NotFreshForLongEnough", "max-age=60", 41s, "min-fresh=20", Use::validate,
     Why::request_min_fresh},
    {"5.2.1.2", "MaxStaleTakesWhatIsStale", "max-age=60", 70s, "max-stale=10", Use::serve,
     Why::stale_allowed_by_request},
    {"5.2.1.2", "ButNotWhatIsTooStale", "max-age=60", 71s, "max-stale=10", Use::validate,
     Why::stale},
    {"5.2.1.2", "WithoutALimitItTakesAnything", "max-age=60", 1000h, "max-stale", Use::serve,
     Why::stale_allowed_by_request},
    {"5.2.2.2", "MustRevalidateForbidsIt", "max-age=60, must-revalidate", 61s, "max-stale",
     Use::validate, Why::stale},
    {"5.2.2.8", "ProxyRevalidateForbidsIt", "max-age=60, proxy-revalidate", 61s, "max-stale",
     Use::validate, Why::stale},
    {"5.2.2.10", "SharedMaxAgeForbidsIt", "s-maxage=60", 61s, "max-stale", Use::validate,
     Why::stale},
    {"5.2.1.7", "OnlyIfCachedServesWhatMayServe", "max-age=60", 1s, "only-if-cached", Use::serve,
     Why::fresh},
    {"5.2.1.7", "OnlyIfCachedAndStale", "max-age=60", 61s, "only-if-cached", Use::refuse,
     Why::stale},
    {"5.2.1.7", "OnlyIfCachedAndToBeValidated", "max-age=60", 1s, "no-cache, only-if-cached",
     Use::refuse, Why::request_no_cache},
    {"8246 2.1", "AReloadValidatesNothingImmutable", "max-age=60, immutable", 59s, "max-age=0",
     Use::serve, Why::fresh},
    {"8246 2.1", "ButWhoForcesItDoes", "max-age=60, immutable", 1s, "no-cache", Use::validate,
     Why::request_no_cache},
    {"8246 2.1", "AsDoesWhoWantsItFreshForLonger", "max-age=60, immutable", 50s, "min-fresh=20",
     Use::validate, Why::request_min_fresh},
    {"8246 2", "ItMeansNothingOnceStale", "max-age=60, immutable", 60s, "max-age=0", Use::validate,
     Why::request_max_age},
    {"8246 2", "ItsArgumentsMeanNothing", "max-age=60, immutable=\"x\"", 1s, "max-age=0",
     Use::serve, Why::fresh},
    {"8246 2", "OfARequestItMeansNothing", "max-age=60", 1s, "max-age=0, immutable", Use::validate,
     Why::request_max_age},
    {"8246 2", "BesideNoCacheItIsValidated", "max-age=60, immutable, no-cache", 1s, "max-age=0",
     Use::validate, Why::no_cache},
    {"8246 2", "NotForLongerThanTheOriginMeans", "max-age=60, immutable", 70s, "max-age=0",
     Use::validate, Why::request_max_age, forced},
    {"5861 3", "StaleWhileRevalidate", "max-age=60, stale-while-revalidate=10", 70s, "",
     Use::serve_and_refresh, Why::stale_while_revalidate},
    {"5861 3", "NotBeyondItsWindow", "max-age=60, stale-while-revalidate=10", 71s, "",
     Use::validate, Why::stale},
    {"5861 3", "BesideSharedMaxAge", "s-maxage=60, stale-while-revalidate=10", 70s, "",
     Use::serve_and_refresh, Why::stale_while_revalidate},
    {"5.2.2.2", "NotBesideMustRevalidate", "max-age=60, must-revalidate, stale-while-revalidate=10",
     61s, "", Use::validate, Why::stale},
    {"default", "TheConfiguredWindow", "max-age=60", 80s, "", Use::serve_and_refresh,
     Why::stale_while_revalidate, windows},
    {"default", "AStatedWindowBeatsIt", "max-age=60, stale-while-revalidate=0", 61s, "",
     Use::validate, Why::stale, windows},
    {"default", "NeverAgainstSharedMaxAge", "s-maxage=60", 61s, "", Use::validate, Why::stale,
     windows},
    {"default", "NeverAgainstMustRevalidate", "max-age=60, must-revalidate", 61s, "", Use::validate,
     Why::stale, windows},
    {"purge",
     "WhatIsMarkedStaleIsValidated",
     "max-age=60",
     1s,
     "",
     Use::validate,
     Why::purged,
     {},
     true},
};

class Reuse : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Rfc9111, Reuse, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(Reuse, HoldsFor) {
  const Row& row = GetParam();
  Heads heads;
  const auto stored = heads.facts({{"Cache-Control", row.stored}});
  auto asked = heads.fields({});
  if (!row.asked.empty()) asked.add("Cache-Control", row.asked);
  const auto decision =
      decide(stored, http::request_directives(asked), row.rules, row.purged, t0 + row.asked_after);
  EXPECT_EQ(decision.use, row.use) << "clause " << row.clause;
  EXPECT_EQ(name(decision.why), name(row.why)) << "clause " << row.clause;
}

/// What others than the origin may prolong; each is asked for 70 seconds after it came.
struct ProlongedRow {
  std::vector<std::pair<std::string_view, std::string_view>> request;
  std::vector<std::pair<std::string_view, std::string_view>> response;
  bool prolonged;
  FreshnessRules freshness{};
};

const ProlongedRow prolonged_rows[] = {
    {{}, {}, true},
    {{{"Cookie", "a=b"}}, {}, false},
    {{}, {{"Set-Cookie", "a=b"}}, false},
    {{{"Authorization", "Basic eA=="}}, {{"Cache-Control", "public"}}, false},
    // A tenth of the time is over, and no more is said of it.
    {{{"Cookie", "a=b"}}, {{"Last-Modified", "Wed, 31 Dec 2025 23:50:00 GMT"}}, false},
    {{{"Cookie", "a=b"}}, {{"Cache-Control", "max-age=60"}}, true},
    {{{"Cookie", "a=b"}}, {{"Expires", "Thu, 01 Jan 2026 00:01:00 GMT"}}, true},
    {{{"Cookie", "a=b"}}, {}, true, {.ttl_applies_to_cookies = true}},
    {{{"Authorization", "Basic eA=="}},
     {{"Cache-Control", "public"}},
     false,
     {.ttl_applies_to_cookies = true}},
    {{{"Cookie", "a=b"}}, {}, true, {.forced_ttl = 60s}},
};

/// The facts of `row`, whose response says `also` beside.
ResponseFacts facts_of(const ProlongedRow& row, std::string_view also = {}) {
  Heads heads;
  auto request = heads.request({});
  for (const auto& [name, value] : row.request) request.fields.add(name, value);
  auto response = heads.response({{"ETag", "\"1\""}});
  for (const auto& [name, value] : row.response) response.fields.add(name, value);
  if (!also.empty()) response.fields.add("Cache-Control", also);
  return response_facts(response, request_facts(request), {t0, t0}, {});
}

TEST(Prolonging, IsForWhatIsNotMadeForOneUser) {
  const http::RequestDirectives patient{.max_stale = 100s};
  for (const ProlongedRow& row : prolonged_rows) {
    const ResponseFacts facts = facts_of(row);
    const ReuseRules bare{.freshness = row.freshness};
    const ReuseRules rules{.freshness = row.freshness,
                           .stale = {.while_revalidate = 100s, .if_error = 100s}};
    const Decision decision = decide(facts, {}, rules, false, t0 + 70s);
    const auto number = &row - prolonged_rows;
    EXPECT_EQ(serves(decision.use), row.prolonged) << number;
    EXPECT_EQ(decision.serves_on_error, row.prolonged) << number;
    EXPECT_EQ(serves(decide(facts, patient, bare, false, t0 + 70s).use), row.prolonged) << number;
  }
}

TEST(Prolonging, OfTheOriginIsForEverybody) {  // RFC 5861
  for (const ProlongedRow& row : prolonged_rows) {
    const auto facts = facts_of(row, "stale-while-revalidate=100, stale-if-error=100");
    const auto decision = decide(facts, {}, {.freshness = row.freshness}, false, t0 + 70s);
    EXPECT_EQ(decision.use, Use::serve_and_refresh) << &row - prolonged_rows;
    EXPECT_TRUE(decision.serves_on_error) << &row - prolonged_rows;
  }
}

class ServingOnError : public testing::Test {
 protected:
  bool serves(std::string_view stored, Nanos after, const ReuseRules& rules = {},
              bool purged = false) {
    Heads heads;
    return decide(heads.facts({{"Cache-Control", stored}}), {}, rules, purged, t0 + after)
        .serves_on_error;
  }
};

TEST_F(ServingOnError, WithinTheStatedWindow) {  // RFC 5861 4
  EXPECT_TRUE(serves("max-age=60, stale-if-error=10", 69s));
  EXPECT_FALSE(serves("max-age=60, stale-if-error=10", 70s));
  EXPECT_FALSE(serves("max-age=60", 61s));
}

TEST_F(ServingOnError, WithinTheConfiguredWindowUnlessForbidden) {
  EXPECT_TRUE(serves("max-age=60", 300s, windows));
  EXPECT_FALSE(serves("max-age=60, must-revalidate", 61s, windows));
  EXPECT_FALSE(serves("s-maxage=60", 61s, windows));
  EXPECT_TRUE(serves("s-maxage=60, stale-if-error=10", 61s, windows));
  EXPECT_FALSE(serves("max-age=60, no-cache", 1s, windows));
}

TEST_F(ServingOnError, WhatIsFreshButWasToBeValidatedServesToo) {
  EXPECT_TRUE(serves("max-age=60", 1s, {}, true));
}

}  // namespace
}  // namespace minato::cache
