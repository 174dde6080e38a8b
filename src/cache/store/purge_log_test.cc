// What is purged before it is in the store.
#include <gtest/gtest.h>

#include "cache/store/testing.h"

namespace minato::cache {
namespace {

TEST_F(StoreTest, WhatIsPurgedOnItsWayInStaysOut) {
  open();
  const std::string_view red[] = {"red"};
  const auto tagged = [&] { return draft("http://a/", store->purges(), red); };
  const Pin by_url = tagged();
  store->purge_url(*split_url("http://a/"), Purge::remove);
  EXPECT_FALSE(store->insert(*by_url, nullptr, 0));
  const Pin by_tag = tagged();
  store->purge_tag("red", Purge::remove);
  EXPECT_FALSE(store->insert(*by_tag, nullptr, 0));
  const Pin by_ban = tagged();
  store->ban({.host = "a"});
  carry_out_bans();
  EXPECT_FALSE(store->insert(*by_ban, nullptr, 0));
  EXPECT_FALSE(find("http://a/"));
}

struct AskedBefore : StoreTest {
  /// Whether what was asked for when there had been `before` purges is found afterwards.
  Pin bring(std::uint64_t before, std::string_view text = "http://a/x") {
    const std::string_view red[] = {"red"};
    const Pin brought = draft(text, before, red);
    if (brought) store->insert(*brought, nullptr, 0);
    return find(text);
  }

  /// Of every kind, each alone.
  std::vector<std::function<void(Purge)>> concerning() {
    return {[this](Purge how) { store->purge_url(*split_url("http://a/x"), how); },
            [this](Purge how) { store->purge_tag("red", how); },
            [this](Purge how) { store->ban({.host = "a", .soft = how == Purge::mark_stale}); },
            [this](Purge how) { store->purge_all(how); }};
  }
};

TEST_F(AskedBefore, WhatAPurgeConcernsStaysOutHoweverLateItsHeadComes) {
  open();
  for (const auto& purge : concerning()) {
    const auto before = store->purges();
    purge(Purge::remove);
    EXPECT_TRUE(store->may_be_purged("http://a/x", before));
    EXPECT_FALSE(bring(before));
    EXPECT_FALSE(bring(before, "http://a/x more"));
    EXPECT_FALSE(store->may_be_purged("http://a/x", store->purges()));
    EXPECT_TRUE(bring(store->purges()));
  }
}

TEST_F(AskedBefore, WhatASoftPurgeConcernsIsStoredAsStale) {
  open();
  for (const auto& purge : concerning()) {
    const auto before = store->purges();
    purge(Purge::mark_stale);
    EXPECT_TRUE(store->may_be_purged("http://a/x", before));
    EXPECT_TRUE(bring(before)->marked_stale);
    EXPECT_FALSE(bring(store->purges())->marked_stale);
  }
}

TEST_F(AskedBefore, OthersAreStored) {
  open();
  const auto before = store->purges();
  store->purge_url(*split_url("http://a/other"), Purge::remove);
  store->ban({.host = "b"});
  EXPECT_FALSE(store->may_be_purged("http://a/x", before));
  store->purge_tag("blue", Purge::remove);
  EXPECT_TRUE(store->may_be_purged("http://a/x", before)) << "who knows its tags?";
  const Pin stored = bring(before);
  ASSERT_TRUE(stored);
  EXPECT_FALSE(stored->marked_stale);
}

struct AfterAFlood : AskedBefore {
  /// Purges of other URLs than those here, more than can be kept.
  void flood() {
    for (std::size_t i = 0; i < PurgeLog::bytes_of_table_max / 8; ++i)
      store->purge_url(*split_url("http://flood/" + std::to_string(i)), Purge::remove);
  }
};

TEST_F(AfterAFlood, WhatWasPurgedBeforeItStaysOut) {
  open();
  for (const auto& purge : concerning()) {
    const auto before = store->purges();
    purge(Purge::remove);
    const auto after = store->purges();
    flood();
    EXPECT_TRUE(store->may_be_purged("http://a/x", before));
    EXPECT_FALSE(bring(before));
    EXPECT_TRUE(bring(after));
  }
}

TEST_F(AfterAFlood, WhatNobodyPurgedIsStored) {
  open();
  const auto before = store->purges();
  flood();
  flood();
  int barred = 0;
  for (int i = 0; i < 100; ++i)
    barred += bring(before, arena.copy("http://a/" + std::to_string(i))) ? 0 : 1;
  EXPECT_LT(barred, 50);  // those that share a place with one of the flood's
}

TEST_F(AskedBefore, WhatConfirmsTellsOfAPurgeByATagThatItDoesNotHave) {
  open();
  put("http://a/x", "x", {.tag = "red"});
  const Pin old = find("http://a/x");
  const auto before = store->purges();
  store->purge_tag("red", Purge::remove);
  const Pin fresh = draft("http://a/x", before);
  EXPECT_FALSE(store->insert_in_place_of(*old, *fresh, before));
  EXPECT_TRUE(fresh->spoiled);
}

TEST_F(AskedBefore, HoweverMuchPurgesSinceThenSaidItIsStored) {
  open({.memory_bytes = 16u << 20});
  const auto before = store->purges();
  for (int i = 0; i < 10; ++i)
    store->ban({.host = "b", .prefix = std::to_string(i) + std::string(60'000, 'x')});
  EXPECT_FALSE(store->may_be_purged("http://a/x", before));
  EXPECT_TRUE(bring(before));
}

TEST_F(AfterAFlood, OfBansWhatWasAskedForBeforeThemStaysOut) {
  open();
  const auto before = store->purges();
  for (std::size_t i = 0; i < PurgeLog::bytes_of_table_max / 8; ++i)
    store->ban({.host = "flood", .prefix = std::to_string(i)});
  EXPECT_TRUE(store->may_be_purged("http://a/x", before));
  EXPECT_FALSE(bring(before));
  EXPECT_TRUE(bring(store->purges()));
}

TEST_F(AskedBefore, WhatIsPurgedSoftlyWhileItIsAskedAboutStaysStale) {
  open();
  for (const auto& purge : concerning()) {
    const Pin old = bring(store->purges());
    const auto before = store->purges();
    purge(Purge::mark_stale);
    const Pin fresh = draft("http://a/x", before);
    EXPECT_TRUE(store->insert_in_place_of(*old, *fresh, before));
    EXPECT_TRUE(find("http://a/x")->marked_stale);
  }
}

}  // namespace
}  // namespace minato::cache
