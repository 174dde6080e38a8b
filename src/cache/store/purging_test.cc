// What goes before its time, and what is asked for before it goes.
#include <gtest/gtest.h>

#include "cache/store/testing.h"

namespace minato::cache {
namespace {

TEST_F(StoreTest, PurgesAUrlOnEveryPort) {
  open();
  for (const auto* const url : {"http://a/x", "http://a:81/x", "http://a/y", "http://b/x"})
    put(url, "x");
  EXPECT_EQ(store->purge_url(*split_url("http://a:81/x"), Purge::remove), 1u);
  EXPECT_EQ(store->purge_url(*split_url("http://a/x"), Purge::remove), 1u);
  EXPECT_EQ(get("http://a/x"), "(none)");
  EXPECT_EQ(get("http://a/y"), "x");
  EXPECT_EQ(get("http://b/x"), "x");
}

TEST_F(StoreTest, PurgesAUrlOnOnePortWhereThatIsWritten) {
  open();
  for (const auto* const url : {"http://a/x", "http://a:81/x", "https://a/x", "https://a:80/x"})
    put(url, "x");
  store->ban({.host = "a", .port = "443"});
  EXPECT_EQ(get("https://a/x"), "(none)");
  EXPECT_EQ(store->purge_url(*parse_url("http://A:80/x", arena), Purge::remove), 1u);
  EXPECT_EQ(get("http://a/x"), "(none)");
  store->ban({.host = "a", .port = "80"});
  EXPECT_EQ(get("https://a:80/x"), "(none)");
  EXPECT_EQ(get("http://a:81/x"), "x");
}

TEST_F(StoreTest, WhatIsOfNoUseAnyMoreIsNotCountedAsPurged) {
  open();
  put("http://a/x", "x");
  store->remove(*find("http://a/x"));
  EXPECT_EQ(get("http://a/x"), "(none)");
  EXPECT_EQ(store->stats().purged, 0u);
}

TEST_F(StoreTest, AUrlIsWhateverElseTheKeySays) {
  open();
  for (const auto* const key : {"http://a/x header(b)=1", "http://a:81/x header(b)=2", "http://a/x",
                                "http://a/y header(b)=1"})
    put(key, key, {.vary = {}, .variant = {}, .tag = "red"});
  std::vector<std::string> seen;
  const auto look = [&](std::string_view url) {
    seen.clear();
    store->visit(*split_url(url), 0, [&](const Entry& entry) { seen.emplace_back(entry.key); });
    return seen.size();
  };
  EXPECT_EQ(get("http://a/x header(b)=1"), "http://a/x header(b)=1");
  EXPECT_EQ(look("http://a/x"), 3u);
  EXPECT_EQ(look("http://a:81/x"), 1u);
  EXPECT_EQ(store->purge_url(*split_url("http://a/x"), Purge::remove), 3u);
  EXPECT_EQ(look("http://a/x"), 0u);
  EXPECT_EQ(store->purge_tag("red", Purge::remove), 1u);
  EXPECT_EQ(get("http://a/y header(b)=1"), "(none)");
}

TEST_F(StoreTest, AUrlThatIsPurgedOnItsWayInStaysOutWhateverElseItsKeySays) {
  open();
  const Pin coming = draft("http://a/x cookie(b)=1", store->purges());
  store->purge_url(*split_url("http://a/x"), Purge::remove);
  EXPECT_FALSE(store->insert(*coming, pieces("x"), 1));
}

TEST_F(StoreTest, PurgesATag) {
  open();
  put("http://a/1", "x", {.vary = {}, .variant = {}, .tag = "red"});
  put("http://a/2", "x", {.vary = {}, .variant = {}, .tag = "red"});
  put("http://a/3", "x", {.vary = {}, .variant = {}, .tag = "blue"});
  EXPECT_EQ(store->purge_tag("red", Purge::mark_stale), 2u);
  EXPECT_TRUE(find("http://a/1")->marked_stale);
  EXPECT_EQ(store->purge_tag("red", Purge::remove), 2u);
  EXPECT_EQ(get("http://a/2"), "(none)");
  EXPECT_EQ(get("http://a/3"), "x");
}

struct ManyStored : StoreTest {
  static constexpr int count = 5000;
  static_assert(count > Store::found_of_step);

  void fill() {
    open({.memory_bytes = 64u << 20, .entries = 2 * count});
    for (int i = 0; i < count; ++i)
      put(arena.copy("http://a/" + std::to_string(i)), "x", {.tag = "red"});
    put("http://a/blue", "x", {.tag = "blue"});
  }
  /// Some are left for other steps.
  void expect_no_more_than_a_step() const {
    EXPECT_GT(store->stats().entries, 1u * count / 10);
    EXPECT_LT(store->stats().entries, 1u * count);
  }
};

TEST_F(ManyStored, ATagOfManyIsPurgedAtOnceAndStepByStep) {
  fill();
  EXPECT_EQ(store->purge_tag("red", Purge::remove), std::nullopt);
  for (const auto* const url : {"http://a/0", "http://a/2500", "http://a/4999"})
    EXPECT_EQ(get(url), "(none)");
  expect_no_more_than_a_step();
  put("http://a/7", "new", {.tag = "red"});
  carry_out_bans();
  EXPECT_EQ(store->stats().entries, 2u);
  EXPECT_EQ(store->stats().purged, 1u * count - 1) << "one made room for what is new";
  EXPECT_EQ(get("http://a/7"), "new");
  EXPECT_EQ(get("http://a/blue"), "x");
}

TEST_F(ManyStored, ATagOfManyIsMarkedStaleAtOnce) {
  fill();
  EXPECT_EQ(store->purge_tag("red", Purge::mark_stale), std::nullopt);
  put("http://a/7", "new", {.tag = "red"});
  for (const auto* const url : {"http://a/0", "http://a/2500", "http://a/4999"})
    EXPECT_TRUE(find(url)->marked_stale) << url;
  carry_out_bans();
  EXPECT_FALSE(find("http://a/7")->marked_stale);
  EXPECT_FALSE(find("http://a/blue")->marked_stale);
}

struct ManyOfAUrl : ManyStored {
  void fill() {
    open({.memory_bytes = 64u << 20, .entries = 2 * count});
    for (int i = 0; i < count; ++i) put(arena.copy(of(i)), "x");
    put("http://a/x/y header(b)=1", "x");
    put("https://a/x header(b)=1", "x");
  }
  static std::string of(int i) { return "http://a/x header(b)=" + std::to_string(i); }
  std::optional<std::uint64_t> purge(Purge how) {
    return store->purge_url(*split_url("http://a/x"), how);
  }
};

TEST_F(ManyOfAUrl, GoAtOnceAndStepByStep) {
  fill();
  EXPECT_EQ(purge(Purge::remove), std::nullopt) << "those of this step are not all";
  for (const int i : {0, 2500, 4999}) EXPECT_EQ(get(of(i)), "(none)");
  expect_no_more_than_a_step();
  carry_out_bans();
  EXPECT_EQ(store->stats().entries, 2u);
  EXPECT_EQ(get("http://a/x/y header(b)=1"), "x");
  EXPECT_EQ(get("https://a/x header(b)=1"), "x");
}

TEST_F(ManyOfAUrl, AreMarkedStaleAtOnce) {
  fill();
  purge(Purge::mark_stale);
  for (const int i : {0, 2500, 4999}) EXPECT_TRUE(find(of(i))->marked_stale);
  EXPECT_FALSE(find("https://a/x header(b)=1")->marked_stale);
}

TEST_F(ManyOfAUrl, GoWhileOthersCome) {
  fill();
  purge(Purge::remove);
  for (int i = 0; i < 1000; ++i) put("http://a/new", "new");
  EXPECT_EQ(store->stats().entries, 3u);
  EXPECT_FALSE(store->carry_out_bans());
}

TEST_F(ManyOfAUrl, GoWithoutRoomForOneMore) {
  fill();
  store->ban({.host = "a"});
  for (std::size_t i = 1; i < BanList::bans_max; ++i)
    store->ban({.host = "b", .prefix = std::to_string(i) + "/"});
  purge(Purge::remove);
  expect_no_more_than_a_step();
}

TEST_F(ManyOfAUrl, AreNotAllVisited) {
  fill();
  purge(Purge::mark_stale);
  std::size_t visited = 0;
  store->visit(*split_url("http://a/x"), 0, [&](const Entry&) { ++visited; });
  EXPECT_EQ(visited, Store::visited_max);
}

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

TEST_F(ManyOfAUrl, ARepeatedPurgeIsOneBan) {
  open();
  const auto before = store->stats().memory_bytes;
  for (int i = 0; i < 40; ++i) store->ban({.host = "b", .prefix = std::string(10'000, 'x')});
  // The log of purges has all of them.
  EXPECT_LT(store->stats().memory_bytes - before, 50u * 10'000);
}

TEST_F(ManyStored, EverythingIsPurgedAtOnceAndStepByStep) {
  fill();
  store->ban({.host = "b"});
  EXPECT_EQ(store->purge_all(Purge::remove), 1u * count + 1);
  for (const auto* const url : {"http://a/0", "http://a/4999", "http://a/blue"})
    EXPECT_EQ(get(url), "(none)");
  expect_no_more_than_a_step();
  put("http://a/new", "new");
  carry_out_bans();
  EXPECT_EQ(store->stats().entries, 1u);
  EXPECT_EQ(store->stats().purged, 1u * count + 1);
  EXPECT_EQ(get("http://a/new"), "new");
}

TEST_F(ManyStored, EverythingIsPurgedWithoutRoomForOneMore) {
  fill();
  store->ban({.host = "a"});
  for (std::size_t i = 1; i < BanList::bans_max; ++i)
    store->ban({.host = "b", .prefix = std::to_string(i) + "/"});
  store->purge_all(Purge::remove);
  expect_no_more_than_a_step();
}

TEST_F(ManyStored, EverythingIsMarkedStaleAtOnce) {
  fill();
  EXPECT_EQ(store->purge_all(Purge::mark_stale), 1u * count + 1);
  for (const auto* const url : {"http://a/0", "http://a/7", "http://a/4999", "http://a/blue"})
    EXPECT_TRUE(find(url)->marked_stale) << url;
  put("http://a/7", "new");
  carry_out_bans();
  EXPECT_FALSE(find("http://a/7")->marked_stale);
  EXPECT_EQ(store->stats().purged, 1u * count + 1);
}

TEST_F(StoreTest, BansTheKeysOfRulesThatAreGone) {
  open();
  const KeyRules sorting({.query = {.sort = true}}), other({.query = {.ignore = {"a"}}});
  const auto sorted = "http://a/x" + std::string(sorting.mark());
  const auto cut = "http://a/x" + std::string(other.mark());
  for (const std::string_view text :
       {std::string_view("http://a/x"), std::string_view(sorted), std::string_view(cut)})
    put(text, "x");
  store->ban({.what = Ban::What::keys, .mark = std::string(sorting.mark())});
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

TEST_F(ManyStored, BansGoWhenTheirRoundIsOverThoughOthersCameMeanwhile) {
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

TEST_F(AskedBefore, WhereThereWereTooManyPurgesSinceThenItStaysOut) {
  open();
  const auto before = store->purges();
  for (std::size_t i = 0; i <= PurgeLog::purges_max; ++i)
    store->purge_url(*split_url("http://b/"), Purge::remove);
  EXPECT_TRUE(store->may_be_purged("http://a/x", before));
  EXPECT_FALSE(bring(before));
  EXPECT_TRUE(bring(before + 1));
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

TEST_F(AskedBefore, WherePurgesSinceThenSaidTooMuchItStaysOut) {
  open({.memory_bytes = 16u << 20});
  const auto before = store->purges();
  const auto ban = [&] { store->ban({.host = "b", .prefix = std::string(60'000, 'x')}); };
  for (int i = 0; i < 10; ++i) ban();
  EXPECT_TRUE(store->may_be_purged("http://a/x", before));
  EXPECT_FALSE(bring(before));
  const auto later = store->purges();
  ban();
  EXPECT_FALSE(store->may_be_purged("http://a/x", later));
  EXPECT_TRUE(bring(later));
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
