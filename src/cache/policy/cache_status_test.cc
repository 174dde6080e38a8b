// RFC 9211 2.
#include "cache/policy/cache_status.h"

#include <gtest/gtest.h>

namespace minato::cache {
namespace {

std::string text_of(const CacheStatus& status) {
  BlockPool pool;
  Arena arena(pool);
  return std::string(cache_status_text(status, "minato", arena));
}

TEST(CacheStatusText, SaysWhatHappened) {
  EXPECT_EQ(text_of({.ttl = 30s}), "minato; hit; ttl=30");
  // RFC 9651 3.3.1
  EXPECT_EQ(text_of({.ttl = Seconds::max()}), "minato; hit; ttl=999999999999999");
  EXPECT_EQ(text_of({.ttl = Seconds::min(), .detail = "x"}),
            "minato; hit; ttl=-999999999999999; detail=x");
  EXPECT_EQ(text_of({.ttl = -5s, .detail = "stale-while-revalidate"}),
            "minato; hit; ttl=-5; detail=stale-while-revalidate");
  EXPECT_EQ(text_of({.forwarded = Forwarded::uri_miss, .forwarded_status = 200, .stored = true}),
            "minato; fwd=uri-miss; fwd-status=200; stored");
  EXPECT_EQ(text_of({.forwarded = Forwarded::stale,
                     .forwarded_status = 304,
                     .stored = true,
                     .collapsed = true}),
            "minato; fwd=stale; fwd-status=304; stored; collapsed");
  EXPECT_EQ(text_of({.forwarded = Forwarded::refused, .detail = "only-if-cached"}),
            "minato; detail=only-if-cached");
}

TEST(CacheStatusText, TheKeyIsAString) {
  EXPECT_EQ(text_of({.ttl = 1s, .key = "http://a/\"\\\x01\x80"}),
            "minato; hit; ttl=1; key=\"http://a/\\\"\\\\\"");
}

}  // namespace
}  // namespace minato::cache
