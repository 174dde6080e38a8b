// What each entry is held against when it is next used, and in the background.
#include <gtest/gtest.h>

#include "cache/store/testing.h"

namespace minato::cache {
namespace {

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

TEST_F(StoreTest, HoweverManyBansThereAreEachIsInForceAtOnce) {
  open({.memory_bytes = 4u << 20, .entries = 2000});
  for (int i = 0; i < 2000; ++i) put(arena.copy("http://a/" + std::to_string(i) + "/x"), "x");
  for (int i = 0; i < 2000; ++i) {
    const auto url = "http://a/" + std::to_string(i) + "/";
    ASSERT_EQ(get(url + "x"), "x");
    store->ban({.host = "a", .prefix = url.substr(8)});
    ASSERT_EQ(get(url + "x"), "(none)");
    store->ban({.host = "other", .prefix = url});
  }
}

/// As many entries as there is memory for, and more bans than there is room for.
TEST_F(StoreTest, NoBanTakesMoreThanAStep) {
  constexpr std::uint64_t memory = 4u << 20;
  open({.memory_bytes = memory, .entries = 100'000});
  for (int i = 0; store->stats().evicted == 0; ++i)
    put(arena.copy("http://a/" + std::to_string(i)), "");
  EXPECT_GT(store->stats().entries, 2000u);
  const auto said = store->stats().memory_bytes;
  const auto ban = [&](const Ban& one) {
    const auto before = store->stats().purged;
    store->ban(one);
    ASSERT_LT(store->stats().purged - before, 100u);
  };
  for (int i = 0; i < 5000; ++i) {
    ban({.host = "a", .soft = true});
    ban({.host = "b", .prefix = std::to_string(i) + std::string(1000, 'x')});
  }
  EXPECT_GT(store->stats().purged, 2 * store->stats().entries);
  EXPECT_LE(store->stats().memory_bytes, said) << "bans have theirs from the beginning on";
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

TEST_F(ManyStored, HoweverManyBansThereAreAStepIsOfAsManyEntries) {
  fill();
  for (int i = 0; i < 5000; ++i) store->ban({.host = "b", .prefix = std::to_string(i)});
  carry_out_bans();
  for (int i = 0; i < 10; ++i) store->ban({.host = "c", .prefix = std::to_string(i)});
  store->ban({.host = "a"});
  const auto before = store->stats().entries;
  EXPECT_TRUE(store->carry_out_bans());
  EXPECT_GT(before - store->stats().entries, 400u);
  EXPECT_LT(before - store->stats().entries, 600u);
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
