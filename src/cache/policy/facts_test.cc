#include "cache/policy/facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "cache/policy/testing.h"

namespace minato::cache {
namespace {

class FactsTest : public testing::Test {
 protected:
  Seconds age(Lines lines) { return age_of(heads_.fields(lines)); }
  Heads heads_;
};

TEST_F(FactsTest, AgeIsTheFirstOfSeveral) {  // RFC 9111 5.1
  EXPECT_EQ(age({{"Age", "7200,0"}}), 7200s);
  EXPECT_EQ(age({{"Age", "0,7200"}}), 0s);
  EXPECT_EQ(age({{"Age", "0"}, {"Age", "7200"}}), 0s);
  EXPECT_EQ(age({{"Age", "3600, 3600"}}), 3600s);
}

TEST_F(FactsTest, AnUnusableAgeIsIgnored) {
  for (const auto value : {"abc", "-7200", "7200.0", "", "'1'"})
    EXPECT_EQ(age({{"Age", value}}), 0s);
  EXPECT_EQ(age({}), 0s);
}

TEST_F(FactsTest, ParametersOfAgeDoNotMakeItUnusable) {
  EXPECT_EQ(age({{"Age", "7200;foo=bar"}}), 7200s);
}

TEST_F(FactsTest, AgesBeyond32BitsAreRead) {
  EXPECT_EQ(age({{"Age", "2147483649"}}), Seconds(2147483649));
  EXPECT_EQ(age({{"Age", "99999999999999999999"}}), http::delta_seconds_max);
}

TEST_F(FactsTest, AnExpiresThatIsNoSingleDateIsInvalid) {  // RFC 9111 5.3
  EXPECT_TRUE(heads_.facts({{"Expires", "0"}}).freshness.expires_invalid);
  EXPECT_TRUE(
      heads_.facts({{"Expires", "Thu, 18 Aug 2050 02:01:18 UTC"}}).freshness.expires_invalid);
  EXPECT_TRUE(heads_
                  .facts({{"Expires", "Thu, 18 Aug 2050 02:01:18 GMT"},
                          {"Expires", "Thu, 18 Aug 2050 02:01:18 GMT"}})
                  .freshness.expires_invalid);
  const auto facts = heads_.facts({{"Expires", "Thu, 18 Aug 2050 02:01:18 GMT"}});
  EXPECT_FALSE(facts.freshness.expires_invalid);
  EXPECT_TRUE(facts.freshness.expires);
}

TEST_F(FactsTest, ADateThatIsThereTwiceIsNone) {  // RFC 9110 5.3
  constexpr std::string_view date = "Thu, 01 Jan 2026 00:00:00 GMT";
  const auto once = heads_.facts({{"Date", date}, {"Last-Modified", date}});
  EXPECT_TRUE(once.freshness.date && once.freshness.last_modified);
  const auto dated = heads_.facts({{"Date", date}, {"Date", date}});
  EXPECT_FALSE(dated.freshness.date);
  const auto changed = heads_.facts({{"Last-Modified", date}, {"Last-Modified", date}});
  EXPECT_FALSE(changed.freshness.last_modified);
}

TEST_F(FactsTest, VaryOnEverythingIsSeenInEverySpelling) {  // RFC 9110 12.5.5
  for (const auto value : {"*", "*, *", ", *", "*, Foo", "Foo, *"})
    EXPECT_TRUE(heads_.facts({{"Vary", value}}).varies_on_all) << value;
  EXPECT_TRUE(heads_.facts({{"Vary", ""}, {"Vary", "*"}}).varies_on_all);
  EXPECT_FALSE(heads_.facts({{"Vary", "Foo, Bar*"}}).varies_on_all);
}

TEST_F(FactsTest, VaryOnWhoAsksIsOnEverything) {
  for (const auto* const value :
       {"X-Forwarded-For", "Foo, x-real-ip", "Forwarded", "X_Forwarded_For", "X-Request-ID"})
    EXPECT_TRUE(heads_.facts({{"Vary", value}}).varies_on_all) << value;
  for (const auto* const value : {"X-Forwarded-Proto", "X-Forwarded-Host"})
    EXPECT_FALSE(heads_.facts({{"Vary", value}}).varies_on_all) << value;
}

TEST_F(FactsTest, VaryOnMoreFieldsThanAnybodyComparesIsOnEverything) {
  std::string most = "X-0";
  for (int number = 1; number < 100; ++number) most += ", X-" + std::to_string(number);
  const std::string more = most + ", X-0";
  EXPECT_FALSE(heads_.facts({{"Vary", most}}).varies_on_all);
  EXPECT_TRUE(heads_.facts({{"Vary", more}}).varies_on_all);
  EXPECT_TRUE(heads_.facts({{"Vary", most}, {"Vary", "Y"}}).varies_on_all);
}

TEST_F(FactsTest, AMalformedVaryIsNotTrusted) {
  for (const auto* value : {"Foo, \"Bar", "\"Foo\"", "Foo Bar", "Foo;Bar"})
    EXPECT_TRUE(heads_.facts({{"Vary", value}}).varies_on_all) << value;
}

TEST_F(FactsTest, TheDefaultLifetimeIsForWhatCouldBeAnybodys) {
  const auto takes = [&](Lines response, Lines request, std::uint16_t status = 200,
                         bool cookies = false) {
    const FreshnessRules rules{.default_ttl = 60s, .ttl_applies_to_cookies = cookies};
    const auto facts = heads_.facts(response, status, request).freshness;
    return freshness_lifetime(facts, rules).basis == Basis::default_ttl;
  };
  EXPECT_TRUE(takes({}, {}));
  EXPECT_TRUE(takes({}, {}, 404));
  EXPECT_FALSE(takes({}, {}, 500));
  EXPECT_FALSE(takes({}, {}, 302));
  EXPECT_FALSE(takes({{"Cache-Control", "public"}}, {}, 302));
  EXPECT_FALSE(takes({}, {{"Authorization", "Basic eA=="}}));
  EXPECT_FALSE(takes({}, {{"Cookie", "a=b"}}));
  EXPECT_FALSE(takes({{"Set-Cookie", "a=b"}}, {}));
  EXPECT_TRUE(takes({{"Set-Cookie", "a=b"}}, {{"Cookie", "a=b"}}, 200, true));
  EXPECT_FALSE(takes({}, {{"Authorization", "Basic eA=="}}, 200, true));
}

TEST_F(FactsTest, ATagIsStrongUnlessItSaysOtherwise) {  // RFC 9110 8.8.1
  EXPECT_TRUE(heads_.facts({{"ETag", "\"a\""}}).has_strong_etag);
  EXPECT_FALSE(heads_.facts({{"ETag", "W/\"a\""}}).has_strong_etag);
  EXPECT_TRUE(heads_.facts({{"ETag", "W/\"a\""}}).has_validator());
  EXPECT_FALSE(heads_.facts({{"ETag", "a"}}).has_strong_etag);
}

TEST(Statuses, ThatMayHaveAHeuristic) {  // RFC 9110 15.1
  for (const int status : {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
    EXPECT_TRUE(is_heuristically_cacheable(static_cast<std::uint16_t>(status))) << status;
  for (const int status : {201, 302, 303, 307, 400, 403, 500, 503, 299})
    EXPECT_FALSE(is_heuristically_cacheable(static_cast<std::uint16_t>(status))) << status;
}

TEST(Statuses, ThatAreUnderstood) {  // RFC 9111 5.2.2.3: those of RFC 9110 15
  const std::array<std::pair<int, int>, 7> known{
      {{200, 206}, {300, 303}, {307, 308}, {400, 417}, {421, 422}, {426, 426}, {500, 505}}};
  for (int status = 200; status < 600; ++status) {
    const bool is_known = std::ranges::any_of(
        known, [&](const auto& range) { return range.first <= status && status <= range.second; });
    EXPECT_EQ(is_understood(static_cast<std::uint16_t>(status)), is_known) << status;
  }
}

}  // namespace
}  // namespace minato::cache
