// What each entry is held against when it is next used, and in the background.
#include <gtest/gtest.h>

#include "cache/store/testing.h"

namespace minato::cache {
namespace {

TEST_F(StoreTest, ABanTakesThePlaceOfThoseThatItCovers) {
  const Ban tag{.what = Ban::What::tag, .tag = 1}, host{.host = "a"},
      http{.scheme = "http", .host = "a"};
  const Ban prefix{.host = "a", .prefix = "/x"}, soft{.host = "a", .prefix = "/x", .soft = true};
  const Ban url{.what = Ban::What::url, .scheme = "http", .host = "a", .prefix = "/xy"};
  const Ban other_url{.what = Ban::What::url, .scheme = "http", .host = "a", .prefix = "/xyz"};
  const Ban all{.what = Ban::What::all}, all_soft{.what = Ban::What::all, .soft = true};
  EXPECT_TRUE(tag.covers(tag) && url.covers(url) && prefix.covers(url) && prefix.covers(soft));
  EXPECT_TRUE(host.covers(prefix) && host.covers(http) && host.covers(other_url));
  EXPECT_TRUE(all.covers(tag) && all.covers(host) && all_soft.covers(soft));
  EXPECT_FALSE(http.covers(host) || prefix.covers(host) || url.covers(other_url));
  EXPECT_FALSE(url.covers(prefix) || soft.covers(prefix) || all_soft.covers(all));
  EXPECT_FALSE(tag.covers(Ban{.what = Ban::What::tag, .tag = 2}) || host.covers(tag));
}

TEST_F(StoreTest, ARepeatedPurgeIsOneBan) {
  open();
  const auto before = store->stats().memory_bytes;
  for (int i = 0; i < 40; ++i) store->ban({.host = "b", .prefix = std::string(10'000, 'x')});
  // The log of purges has all of them.
  EXPECT_LT(store->stats().memory_bytes - before, 50u * 10'000);
}

TEST_F(StoreTest, BansTheKeysOfRulesThatAreGone) {
  open();
  const KeyRules sorting({.query = {.sort = true}}), other({.query = {.ignore = {"a"}}});
  const auto sorted = "http://a/x" + std::string(sorting.stamp());
  const auto cut = "http://a/x" + std::string(other.stamp());
  for (const std::string_view text :
       {std::string_view("http://a/x"), std::string_view(sorted), std::string_view(cut)})
    put(text, "x");
  store->ban({.what = Ban::What::keys, .stamp = std::string(sorting.stamp())});
  EXPECT_EQ(get(sorted), "(none)");
  EXPECT_EQ(get(cut), "x");
  EXPECT_EQ(get("http://a/x"), "x");
}

TEST_F(StoreTest, WhatABanMarksStaleIsCountedOnceItIs) {
  open();
  for (const auto* const url : {"http://a/1", "http://a/2", "http://b/"}) put(url, "x");
  store->ban({.host = "a", .soft = true});
  EXPECT_EQ(store->stats().purged, 0u);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(find("http://a/1")->marked_stale);
  EXPECT_EQ(store->stats().purged, 1u);
  carry_out_bans();
  EXPECT_EQ(store->stats().purged, 2u);
}

TEST_F(StoreTest, BansWhatBeginsSo) {
  open();
  put("http://a/static/1", "x");
  put("http://a/other", "x");
  store->ban({.host = "a", .prefix = "/static/"});
  EXPECT_EQ(get("http://a/static/1"), "(none)");
  EXPECT_EQ(get("http://a/other"), "x");
  put("http://a/static/1", "new");  // what comes later is not concerned
  EXPECT_EQ(get("http://a/static/1"), "new");
  store->ban({.host = "a", .prefix = {}, .soft = true});
  EXPECT_TRUE(find("http://a/other")->marked_stale);
}

TEST_F(StoreTest, BansAreCarriedOutWhereTheyAreTooMany) {
  open();
  put("http://a/gone", "x");
  put("http://a/kept", "x");
  store->ban({.host = "a", .prefix = "/gone"});
  for (std::size_t i = 0; i < 3 * BanList::bans_max; ++i)
    store->ban({.host = "other", .prefix = std::to_string(i)});
  EXPECT_EQ(get("http://a/gone"), "(none)");
  EXPECT_EQ(get("http://a/kept"), "x");
  EXPECT_EQ(store->stats().entries, 1u);
}

TEST_F(StoreTest, PurgesHaveTheirShareOfTheMemoryAndTakeNoneFromEntries) {
  constexpr std::uint64_t memory = 16u << 20;
  open({.memory_bytes = memory, .entries = 2000});
  const std::string body(8000, 'x'), long_prefix(60'000, 'x');
  int stored = 0;
  for (; store->stats().evicted == 0; ++stored)
    put(arena.copy("http://a/" + std::to_string(stored)), body);
  store->remove(*find("http://a/" + std::to_string(stored - 1)));
  const StoreStats before = store->stats();
  const auto expect_share = [&](int bans, const std::string& prefix) {
    for (int i = 0; i < bans; ++i) {
      store->ban({.host = "b", .prefix = std::to_string(i) + prefix});
      EXPECT_LE(store->stats().memory_bytes - before.memory_bytes, memory / 64);
    }
  };
  expect_share(100, long_prefix);
  expect_share(2000, "/");
  put("http://a/small", "x");
  EXPECT_EQ(store->stats().evicted, before.evicted);
  EXPECT_LE(store->stats().memory_bytes, memory);
}

TEST_F(StoreTest, BansAreCarriedOutStepByStepWithoutAnyUse) {
  constexpr int count = 5000;
  open({.memory_bytes = 16u << 20, .entries = 2 * count});
  for (int i = 0; i < count; ++i) {
    put(arena.copy("http://a/gone/" + std::to_string(i)), "x");
    put(arena.copy("http://a/kept/" + std::to_string(i)), "x");
  }
  const StoreStats before = store->stats();
  store->ban({.host = "a", .prefix = "/gone/"});
  EXPECT_TRUE(store->carry_out_bans());
  EXPECT_GT(store->stats().entries, 19u * count / 10);  // a step is no more than a step
  EXPECT_LT(store->stats().entries, 2u * count);
  carry_out_bans();
  const StoreStats after = store->stats();
  EXPECT_EQ(after.entries, static_cast<std::uint64_t>(count));
  EXPECT_EQ(after.purged, static_cast<std::uint64_t>(count));
  EXPECT_LT(after.memory_bytes, before.memory_bytes);
  EXPECT_EQ(get("http://a/kept/7"), "x");
}

TEST_F(StoreTest, ABanThatComesWhileOthersAreCarriedOutIsToo) {
  open({.entries = 10'000});
  for (int i = 0; i < 5000; ++i) put(arena.copy("http://a/" + std::to_string(i)), "x");
  store->ban({.host = "b"});
  EXPECT_TRUE(store->carry_out_bans());
  store->ban({.host = "a"});
  carry_out_bans();
  EXPECT_EQ(store->stats().entries, 0u);
}

TEST_F(ManyStored, WhereBansAreManyAStepIsOfFewEntries) {
  fill();
  for (int i = 0; i < 250; ++i) store->ban({.host = "b", .prefix = std::to_string(i)});
  store->ban({.host = "a"});
  EXPECT_TRUE(store->carry_out_bans());
  EXPECT_LT(store->stats().entries, 1u * count);
  EXPECT_GT(store->stats().entries, 1u * count - 50);
}

TEST_F(ManyStored, BansGoWhenTheirSweepIsOverThoughOthersCameMeanwhile) {
  constexpr int bans = 40, bytes = 10'000;
  fill();
  const auto before = store->stats().memory_bytes;
  for (int i = 0; i < bans; ++i) {
    store->ban({.host = "b", .prefix = std::to_string(i) + std::string(bytes, 'x')});
    for (int step = 0; step < 3; ++step) EXPECT_TRUE(store->carry_out_bans());
  }
  // The log of purges has all of them.
  EXPECT_LT(store->stats().memory_bytes - before, 3u * bans * bytes / 2);
  carry_out_bans();
}

TEST_F(StoreTest, WhatIsBannedIsNotConfirmedAfterwards) {
  open();
  put("http://a/", "x");
  const Pin asked_about = find("http://a/");
  store->ban({.host = "a"});
  const Pin fresh = draft("http://a/", store->purges());
  EXPECT_FALSE(store->insert_in_place_of(*asked_about, *fresh, store->purges()));
  EXPECT_EQ(get("http://a/"), "(none)");
}

}  // namespace
}  // namespace minato::cache
