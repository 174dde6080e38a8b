// What the settings of a service come to, for the policy.
#include "cache/rules.h"

#include <gtest/gtest.h>

namespace minato::cache {
namespace {

TEST(ServiceRules, AStatusComesBeforeItsClass) {
  ServiceCacheOptions options;
  options.status_ttl = {{{404, 404}, 10s}, {{400, 499}, 0s}, {{500, 599}, 1500ms}};
  const ServiceRules rules(options);
  const auto ttl = [&](std::uint16_t status) { return rules.reuse(status).freshness.status_ttl; };
  EXPECT_EQ(ttl(404), 10s);
  EXPECT_EQ(ttl(400), 0s);
  EXPECT_EQ(ttl(499), 0s);
  EXPECT_EQ(ttl(503), 2s) << "whole seconds, and not less than was asked for";
  EXPECT_EQ(ttl(200), std::nullopt);
  EXPECT_EQ(rules.storing(404).freshness.status_ttl, 10s);
}

TEST(ServiceRules, StatusesThatAreNeverStoredHaveNoLifetime) {
  for (const auto* text : {"304", "412", "416", "1xx", "103"})
    EXPECT_TRUE(check_stored_status(text)) << text;
  for (const auto* text : {"200", "206", "302", "404", "503", "3xx", "5XX"})
    EXPECT_FALSE(check_stored_status(text)) << text;
}

}  // namespace
}  // namespace minato::cache
