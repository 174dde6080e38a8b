// What goes before its time.
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

TEST_F(StoreTest, AFinalDotOfTheHostAndZerosOfThePortSayNothing) {
  open();
  const auto all = {"http://a/x", "http://a./x", "http://a:080/x", "http://a.:0080/x q(1)"};
  const auto put_all = [&] {
    for (const auto* const text : all) EXPECT_TRUE(put(text, text));
  };
  const auto expect_none = [&] {
    for (const auto* const text : all) EXPECT_EQ(get(text), "(none)") << text;
  };
  for (const auto* const url : {"http://a/x", "http://a./x", "http://a:80/x", "http://a.:0080/x"}) {
    put_all();
    for (const auto* const text : all) EXPECT_EQ(get(text), text) << "keys tell them apart";
    EXPECT_EQ(store->purge_url(*parse_url(url, arena), Purge::remove), 4u) << url;
    expect_none();
  }
  for (const auto* const host : {"a", "a."})
    for (const auto* const port : {"", "80", "080"}) {
      put_all();
      store->ban({.host = host, .port = port});
      expect_none();
    }
  put("http://a.:081/x", "x");
  store->ban({.host = "a", .port = "80"});
  EXPECT_EQ(get("http://a.:081/x"), "x");
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

TEST_F(ManyOfAUrl, AreNotAllVisited) {
  fill();
  purge(Purge::mark_stale);
  std::size_t visited = 0;
  store->visit(*split_url("http://a/x"), 0, [&](const Entry&) { ++visited; });
  EXPECT_EQ(visited, Store::visited_max);
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

}  // namespace
}  // namespace minato::cache
