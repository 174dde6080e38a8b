// RFC 9111 4.2, row by row.
#include "cache/policy/freshness.h"

#include <gtest/gtest.h>

#include "cache/policy/reuse.h"

namespace minato::cache {
namespace {

constexpr WallTime t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
constexpr http::FieldDate d0 = http::field_date(t0);

template <class Change>
constexpr FreshnessFacts facts_with(Change change) {
  FreshnessFacts facts{.request_sent = t0, .response_received = t0, .date = d0};
  change(facts);
  return facts;
}

struct Row {
  const char* clause;
  const char* name;
  FreshnessFacts facts;
  Nanos asked_after;
  bool fresh;
  FreshnessRules rules{};
};

const Row rows[] = {
    {"4.2.1", "SharedMaxAgeBeatsMaxAge",
     facts_with([](auto& f) { f.directives.s_maxage = 10s, f.directives.max_age = 60s; }), 11s,
     false},
    {"4.2.1", "SharedMaxAgeBeatsAShorterMaxAge",
     facts_with([](auto& f) { f.directives.s_maxage = 60s, f.directives.max_age = 1s; }), 30s,
     true},
    {"4.2.1", "MaxAgeBeatsExpires",
     facts_with([](auto& f) { f.directives.max_age = 60s, f.expires = d0 + 5s; }), 30s, true},
    {"4.2.1", "MaxAgeOfZeroBeatsExpires",
     facts_with([](auto& f) { f.directives.max_age = 0s, f.expires = d0 + 5s; }), 0s, false},
    {"4.2.1", "ExpiresCountsFromDate",
     facts_with([](auto& f) { f.date = d0 - 100s, f.expires = d0 - 40s; }), 0s, false},
    {"4.2.1", "ExpiresCountsFromADateAhead",
     facts_with([](auto& f) { f.date = d0 + 100s, f.expires = d0 + 105s; }), 5s, false},
    {"4.2.1", "ExpiresInTheFuture", facts_with([](auto& f) { f.expires = d0 + 5s; }), 4s, true},
    {"5.3", "AnExpiresThatIsNoDateIsPast",
     facts_with([](auto& f) { f.expires_invalid = true, f.heuristically_cacheable = true; }), 0s,
     false},
    {"4.2", "FreshMeansLongerThanItsAge", facts_with([](auto& f) { f.directives.max_age = 10s; }),
     10s, false},
    {"4.2", "FreshUntilTheLastMoment", facts_with([](auto& f) { f.directives.max_age = 10s; }),
     9999ms, true},
    {"4.2.3", "AgeCounts", facts_with([](auto& f) { f.directives.max_age = 10s, f.age = 7s; }), 3s,
     false},
    {"4.2.3", "TheRoundTripCounts",
     facts_with([](auto& f) { f.directives.max_age = 10s, f.request_sent = t0 - 4s; }), 6s, false},
    {"4.2.3", "ADateInThePastCounts",
     facts_with([](auto& f) { f.directives.max_age = 10s, f.date = d0 - 8s; }), 2s, false},
    {"4.2.3", "ADateInTheFutureDoesNot",
     facts_with([](auto& f) { f.directives.max_age = 10s, f.date = d0 + 3600s; }), 9s, true},
    {"4.2.3", "AgeAndDateAreNotAddedUp",
     facts_with([](auto& f) { f.directives.max_age = 10s, f.age = 5s, f.date = d0 - 5s; }), 4s,
     true},
    {"4.2.3", "NoDateIsTheMomentOfArrival",
     facts_with([](auto& f) { f.date.reset(), f.directives.max_age = 10s; }), 9s, true},
    {"1.2.2", "AgesBeyond32BitsAreOld",
     facts_with([](auto& f) { f.directives.max_age = 3600s, f.age = Seconds(2147483649); }), 0s,
     false},
    {"1.2.2", "TheLongestLifetimeAndAgeDoNotOverflow",
     facts_with([](auto& f) { f.directives.max_age = f.age = http::delta_seconds_max; }), 3600s,
     false},
    {"4.2.3", "AClockThatWentBackMakesNothingOld",
     facts_with([](auto& f) { f.directives.max_age = 10s; }), -3600s, true},
    {"4.2.2", "ATenthOfTheTimeSinceTheLastChange",
     facts_with([](auto& f) { f.heuristically_cacheable = true, f.last_modified = d0 - 1000s; }),
     99s, true},
    {"4.2.2", "AndNotLonger",
     facts_with([](auto& f) { f.heuristically_cacheable = true, f.last_modified = d0 - 1000s; }),
     100s, false},
    {"4.2.2", "CountedFromItsDate", facts_with([](auto& f) {
       f.heuristically_cacheable = true, f.date = d0 - 50s, f.last_modified = d0 - 1050s;
     }),
     50s, false},
    {"4.2.2", "ADayAtTheMost", facts_with([](auto& f) {
       f.heuristically_cacheable = true, f.last_modified = d0 - std::chrono::years(5);
     }),
     24h, false},
    {"4.2.2", "NotForAStatusThatMayNot", facts_with([](auto& f) { f.last_modified = d0 - 1000s; }),
     0s, false},
    {"4.2.2", "NotForAChangeInTheFuture",
     facts_with([](auto& f) { f.heuristically_cacheable = true, f.last_modified = d0 + 1s; }), 0s,
     false},
    {"4.2", "NothingStatedIsStale", facts_with([](auto& f) { f.heuristically_cacheable = true; }),
     0s, false},
    {"ttl",
     "TheConfiguredLifetimeStandsForAStatedOne",
     facts_with([](auto& f) {
       f.takes_default_ttl = f.heuristically_cacheable = true, f.last_modified = d0 - 10s;
     }),
     299s,
     true,
     {.default_ttl = 300s}},
    {"ttl",
     "ButNeverAgainstAStatedOne",
     facts_with([](auto& f) { f.takes_default_ttl = true, f.directives.max_age = 1s; }),
     2s,
     false,
     {.default_ttl = 300s}},
    {"ttl",
     "NorAgainstAnExpiresThatIsNoDate",
     facts_with([](auto& f) { f.takes_default_ttl = true, f.expires_invalid = true; }),
     0s,
     false,
     {.default_ttl = 300s}},
    {"ttl", "OfZeroLeavesTheHeuristic", facts_with([](auto& f) {
       f.takes_default_ttl = f.heuristically_cacheable = true, f.last_modified = d0 - 100s;
     }),
     9s, true},
    {"status_ttl",
     "ComesBeforeTtlAndTheHeuristic",
     facts_with([](auto& f) {
       f.takes_default_ttl = f.heuristically_cacheable = true, f.last_modified = d0 - 10000s;
     }),
     5s,
     false,
     {.default_ttl = 300s, .status_ttl = 5s}},
    {"status_ttl",
     "IsForAStatusThatNothingElseIsFor",
     facts_with([](auto&) {}),
     4s,
     true,
     {.status_ttl = 5s}},
    {"status_ttl",
     "IsNotForOneUser",
     facts_with([](auto& f) { f.authorized = true, f.last_modified = d0 - 10000s; }),
     0s,
     false,
     {.ttl_applies_to_cookies = true, .status_ttl = 5s}},
    {"status_ttl",
     "NorWhereThereAreCookies",
     facts_with([](auto& f) { f.has_cookies = true, f.last_modified = d0 - 10000s; }),
     0s,
     false,
     {.status_ttl = 5s}},
    {"status_ttl",
     "UnlessTheyDoNotMatter",
     facts_with([](auto& f) { f.has_cookies = true; }),
     4s,
     true,
     {.ttl_applies_to_cookies = true, .status_ttl = 5s}},
    {"status_ttl",
     "GivesWayToWhatIsStated",
     facts_with([](auto& f) { f.directives.max_age = 60s; }),
     30s,
     true,
     {.status_ttl = 5s}},
    {"force",
     "ComesBeforeWhatIsStated",
     facts_with([](auto& f) { f.directives.s_maxage = 0s, f.directives.max_age = 1s; }),
     59s,
     true,
     {.forced_ttl = 60s}},
    {"force",
     "AndAfterItsTimeNothingElseCounts",
     facts_with([](auto& f) { f.directives.max_age = 3600s; }),
     60s,
     false,
     {.forced_ttl = 60s}},
    {"force",
     "CountsFromWhenItCame",
     facts_with([](auto& f) { f.age = 86400s, f.directives.max_age = 1s; }),
     59s,
     true,
     {.forced_ttl = 60s}},
    {"9213 2.2", "ATargetedFieldSilencesExpires",
     facts_with([](auto& f) { f.targeted = true, f.expires = d0 + 60s; }), 0s, false},
    {"9213 2.2", "AndOneThatIsNoDate", facts_with([](auto& f) {
       f.targeted = f.heuristically_cacheable = f.expires_invalid = true;
       f.last_modified = d0 - 1000s;
     }),
     99s, true},
};

constexpr Seconds ttl_of(const FreshnessFacts& facts, const FreshnessRules& rules, WallTime now) {
  return freshness_lifetime(facts, rules).value - current_age(facts, now);
}

class Freshness : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Rfc9111, Freshness, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(Freshness, HoldsFor) {
  const Row& row = GetParam();
  const ReuseRules rules{.freshness = row.rules, .stale = {}};
  const Decision decision =
      decide({.freshness = row.facts}, {}, rules, false, t0 + row.asked_after);
  EXPECT_EQ(decision.why == Why::fresh, row.fresh) << "clause " << row.clause;
}

TEST(FreshnessLifetime, SaysWhatDecidedIt) {
  FreshnessFacts facts = facts_with([](auto& f) { f.directives.max_age = 7s; });
  EXPECT_EQ(freshness_lifetime(facts, {}), (Lifetime{7s, Basis::max_age}));
  facts.directives = {};
  EXPECT_EQ(freshness_lifetime(facts, {}), Lifetime{});
}

// The rules hold at compile time too.
static_assert(ttl_of(facts_with([](auto& f) { f.directives.max_age = 1s; }), {}, t0) == 1s);
static_assert(ttl_of(facts_with([](auto& f) { f.directives.max_age = 1s; }), {}, t0 + 1s) == 0s);

}  // namespace
}  // namespace minato::cache
