#include "cache/fill/intake.h"

#include <gtest/gtest.h>

#include <functional>

namespace minato::cache {
namespace {

/// Purges nothing, but lets something happen in the midst of what an unsafe method purges.
struct Meanwhile final : Elsewhere {
  explicit Meanwhile(std::function<void()> event) : happens(std::move(event)) {}
  std::uint64_t purge(const Url&, const Cache*, const ServiceRules*, Arena&) override {
    happens();
    return 0;
  }
  std::function<void()> happens;
};

class Invalidation : public testing::Test {
 protected:
  using Event = std::function<void()>;

  /// Whether the answer to a POST for http://a/x may be stored, had it a lifetime, where `event`
  /// happens while it purges what was stored of that, and `earlier` while it is on its way.
  bool is_current_after(Event event, const Event& earlier = [] {}) {
    Meanwhile meanwhile(std::move(event));
    http::RequestHead request(arena);
    request.method = http::Method::post;
    request.target.path = "/x";
    Asked asked{.cache = cache,
                .rules = rules,
                .key = {.text = "http://a/x", .hash = 1},
                .request = request,
                .facts = {.method = http::Method::post},
                .validated = {},
                .purges_before = cache.store().purges(),
                .configured = {},
                .elsewhere = &meanwhile};
    http::ResponseHead head(arena);
    head.status = 200;
    head.fields.add(http::FieldId::content_location, "/x");
    earlier();
    invalidate(asked, head, arena);
    return !cache.store().may_be_purged(asked.key.text, asked.purges_before);
  }
  void purge(std::string_view url) {
    cache.store().purge_url(split_url(url).value(), Purge::remove);
  }

  BlockPool blocks;
  Arena arena{blocks};
  Cache cache{CacheOptions{}, 1, 1};
  const ServiceRules rules{ServiceCacheOptions{}};
};

TEST_F(Invalidation, IsNotOfItsOwnAnswer) {  // RFC 9111 4.4
  EXPECT_TRUE(is_current_after([] {}));
}

TEST_F(Invalidation, TakesNoPurgeOfOthersForItsOwn) {
  EXPECT_FALSE(is_current_after([&] { purge("http://a/x"); }));
  EXPECT_FALSE(is_current_after([&] { cache.store().purge_all(Purge::remove); }));
}

TEST_F(Invalidation, MakesUpForNoPurgeBeforeIt) {
  EXPECT_FALSE(is_current_after([] {}, [&] { purge("http://a/x"); }));
  EXPECT_TRUE(is_current_after([] {}, [&] { purge("http://a/y"); }));
}

}  // namespace
}  // namespace minato::cache
