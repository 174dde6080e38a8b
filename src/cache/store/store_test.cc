#include "cache/store/store.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "cache/policy/vary.h"
#include "cache/store/testing.h"

namespace minato::cache {
namespace {

TEST_F(StoreTest, GivesBackWhatWasStored) {
  open();
  EXPECT_TRUE(put("http://a.example/x", "hello"));
  const Pin pin = find("http://a.example/x");
  ASSERT_TRUE(pin);
  EXPECT_EQ(body_of(*pin), "hello");
  ASSERT_EQ(pin->lines.size(), 1u);
  EXPECT_EQ(pin->lines[0].name, "Content-Type");
  EXPECT_EQ(get("http://a.example/y"), "(none)");
}

TEST_F(StoreTest, TheSameSelectionIsReplaced) {
  open();
  put("http://a.example/x", "one");
  put("http://a.example/x", "two");
  EXPECT_EQ(get("http://a.example/x"), "two");
  EXPECT_EQ(store->stats().entries, 1u);
}

TEST_F(StoreTest, VariantsAreSelectedByTheRequest) {
  open();
  http::Fields german(arena), english(arena);
  german.add(http::FieldId::accept_language, "de");
  english.add(http::FieldId::accept_language, "en");
  const auto variant = [](const http::Fields& request) {
    return variant_key("accept-language", request);
  };
  put("http://a.example/", "Hallo",
      {.vary = "accept-language", .variant = variant(german), .tag = {}});
  put("http://a.example/", "Hello",
      {.vary = "accept-language", .variant = variant(english), .tag = {}});
  const Key root = key("http://a.example/");
  EXPECT_EQ(body_of(*store->find(root, german, 0).entry), "Hallo");
  EXPECT_EQ(body_of(*store->find(root, english, 0).entry), "Hello");
  const auto other = store->find(root, none, 0);
  EXPECT_FALSE(other.entry);
  EXPECT_TRUE(other.knows_key);
  EXPECT_EQ(store->vary_of(root, 0), "accept-language");
}

TEST_F(StoreTest, OfSeveralTheOneOfTheLatestDateIsFound) {  // RFC 9111 4
  open();
  const std::string_view none_of_it = "\n";  // what a request without the field selects
  put("http://a/", "new", {.vary = "x", .variant = none_of_it, .tag = {}, .date = Seconds(20)});
  put("http://a/", "old", {.vary = "y", .variant = none_of_it, .tag = {}, .date = Seconds(10)});
  EXPECT_EQ(get("http://a/"), "new");
  put("http://a/", "newest", {.vary = "z", .variant = none_of_it, .tag = {}, .date = Seconds(20)});
  EXPECT_EQ(get("http://a/"), "newest");
  store->remove(*find("http://a/"));
  EXPECT_EQ(get("http://a/"), "new");
}

TEST_F(StoreTest, WhatANewerResponseOvertookStaysOut) {  // RFC 9111 4
  open();
  EXPECT_TRUE(put("http://a/", "new", {.date = Seconds(20), .sent = Seconds(2)}));
  EXPECT_FALSE(put("http://a/", "slow", {.date = Seconds(10), .sent = Seconds(1)}));
  EXPECT_FALSE(put("http://a/", "slow", {.vary = "x", .date = Seconds(10), .sent = Seconds(1)}));
  EXPECT_EQ(get("http://a/"), "new");
  EXPECT_EQ(store->stats().entries, 1u);
  EXPECT_TRUE(put("http://a/", "of a late clock", {.date = Seconds(10), .sent = Seconds(3)}));
  EXPECT_EQ(get("http://a/"), "of a late clock");
}

TEST_F(StoreTest, WhatWasReplacedForAllRequestsDoesNotComeBack) {
  open();
  const std::string_view none_of_it = "\n";
  put("http://a/", "varies on nothing");
  put("http://a/", "varies", {.vary = "x", .variant = none_of_it, .tag = {}});
  store->remove(*find("http://a/"));
  EXPECT_EQ(get("http://a/"), "(none)");
  put("http://a/", "varies", {.vary = "x", .variant = none_of_it, .tag = {}});
  put("http://a/", "varies on nothing");
  store->remove(*find("http://a/"));
  EXPECT_EQ(get("http://a/"), "(none)");
}

/// Of ten bytes, answered to a request for `range`.
More part_of_ten(ByteRange bytes, std::string_view range, Seconds at) {
  return {.date = at, .sent = at, .part = ContentRange{bytes, 10}, .range = range};
}

TEST_F(StoreTest, APartStandsForWhatItHasAllBytesOf) {
  open();
  const auto stored = [this] { return store->stats().entries; };
  put("http://a/", "old..", part_of_ten({5, 9}, "bytes=-5", Seconds(1)));
  put("http://a/", "new..", part_of_ten({5, 9}, "bytes=5-9", Seconds(2)));
  EXPECT_EQ(stored(), 1u) << "in other words";
  put("http://a/", "newest", part_of_ten({4, 9}, "bytes=4-", Seconds(3)));
  EXPECT_EQ(stored(), 1u) << "and more";
  EXPECT_FALSE(put("http://a/", "late", part_of_ten({5, 8}, "bytes=5-8", Seconds(1))));
  EXPECT_FALSE(put("http://a/", "late......", part_of_ten({0, 9}, "bytes=0-9", Seconds(1))));
  put("http://a/", "other", part_of_ten({0, 4}, "bytes=0-4", Seconds(4)));
  EXPECT_EQ(stored(), 2u) << "of which it has not all";
  put("http://a/", "grown", part_of_ten({3, 7}, "bytes=4-", Seconds(5)));
  EXPECT_EQ(stored(), 2u) << "in the same words";
}

TEST_F(StoreTest, PartsAreAlikeWhereTheirStrongTagAndTheSizeOfTheWholeAre) {  // RFC 9111 3.4
  open();
  const auto put_part = [this](std::uint64_t first, std::uint64_t whole, std::string_view etag) {
    http::Fields lines(arena);
    lines.add(http::FieldId::etag, etag);
    ResponseFacts facts;
    facts.has_strong_etag = !etag.starts_with("W/");
    const ContentRange part{{.first = first, .last = first + 1}, whole};
    Pin draft =
        store->draft({.key = key("http://a/"), .lines = lines, .facts = facts, .part = part});
    EXPECT_TRUE(store->insert(*draft, pieces("xx"), 2));
    return draft;
  };
  const Pin one = put_part(0, 20, "\"a\"");
  put_part(2, 20, "\"a\"");
  put_part(4, 21, "\"a\"");
  put_part(6, 20, "\"b\"");
  const Pin weak = put_part(8, 20, "W/\"a\"");
  EXPECT_EQ(store->parts_like(*one, 0).size(), 2u);
  EXPECT_TRUE(store->parts_like(*weak, 0).empty());
}

TEST_F(StoreTest, APartTakesNoWholeAwayAndAWholeItsParts) {
  open();
  put("http://a/", "the  whole", {.date = Seconds(1), .sent = Seconds(1)});
  put("http://a/", "all of  it", part_of_ten({0, 9}, {}, Seconds(2)));
  EXPECT_EQ(get("http://a/"), "the  whole");
  put("http://a/", "next whole", {.date = Seconds(3), .sent = Seconds(3)});
  EXPECT_EQ(store->stats().entries, 1u);
}

TEST_F(StoreTest, TheVariantsOfOneKeyHaveALimit) {
  open({.entries = 1000});
  for (int i = 0; i < 100; ++i)
    put("http://a.example/", "x", {.vary = "a", .variant = std::to_string(i), .tag = {}});
  EXPECT_EQ(store->stats().entries, 64u);
}

TEST_F(StoreTest, CapacityIsExact) {
  open({.entries = 3});
  for (const auto* const url : {"http://a/1", "http://a/2", "http://a/3"}) put(url, "x");
  find("http://a/1")->touch(5);
  put("http://a/4", "x");
  EXPECT_EQ(store->stats().entries, 3u);
  EXPECT_EQ(get("http://a/1"), "x");
  EXPECT_EQ(get("http://a/2"), "(none)");
  EXPECT_EQ(store->stats().evicted, 1u);
}

TEST_F(StoreTest, WhatIsStoredLastIsThereHoweverMuchTheOthersWereUsed) {
  for (const EvictorKind& kind : evictors) {
    SCOPED_TRACE(kind.name);
    open({.entries = 3, .evictor = &kind});
    std::uint64_t tick = 0;
    for (std::uint64_t i = 0; i < 20; ++i) {
      const std::string url = "http://a.example/" + std::to_string(i);
      EXPECT_TRUE(put(url, "x"));
      EXPECT_EQ(store->stats().entries, std::min<std::uint64_t>(i + 1, 3));
      for (int use = 0; use < 5; ++use) {
        const Pin stored = find(url);
        ASSERT_TRUE(stored) << url;
        stored->touch(++tick);
      }
    }
  }
}

TEST_F(StoreTest, WhatIsPopularStaysSoWhereItIsReplaced) {
  open({.entries = 2, .evictor = &evictors[1]});
  ASSERT_EQ(evictors[1].name, "lfu");
  put("http://a/popular", "old");
  for (std::uint64_t tick = 1; tick <= 5; ++tick) find("http://a/popular")->touch(tick);
  put("http://a/popular", "new");
  put("http://a/other", "x");
  for (std::uint64_t tick = 6; tick <= 8; ++tick) find("http://a/other")->touch(tick);
  put("http://a/third", "x");
  EXPECT_EQ(get("http://a/popular"), "new");
  EXPECT_EQ(get("http://a/other"), "(none)");
}

TEST_F(StoreTest, MemoryStaysWithinItsBoundWhateverIsStored) {
  for (const EvictorKind& kind : evictors) {
    open({.memory_bytes = 4u << 20, .entries = 1'000'000, .evictor = &kind});
    Random random(3);
    for (int i = 0; i < 20'000; ++i) {
      const std::string body(random.below(random.one_in(50) ? 300'000 : 2'000), 'x');
      const std::string url = "http://a.example/" + std::to_string(random.below(5000));
      put(arena.copy(url), body);
      ASSERT_LE(store->stats().memory_bytes, 4u << 20) << kind.name;
      if (i % 100 == 0) arena.reset();
    }
    EXPECT_GT(store->stats().entries, 1u) << kind.name;
    store->purge_all(Purge::remove);
    carry_out_bans();
    EXPECT_EQ(store->stats().entries, 0u) << kind.name;
  }
}

/// A hit on more pieces than go out together takes several system calls.
TEST_F(StoreTest, WhatIsStoredLiesInFewPiecesThoughMemoryIsFull) {
  open({.memory_bytes = 16u << 20, .entries = 1'000'000});
  Random random(9);
  int large = 0, scattered = 0;
  for (int i = 0; i < 10'000; ++i) {
    arena.reset();
    const auto url = arena.copy("http://a/" + std::to_string(i));
    const bool is_large = random.one_in(10);
    put(url, std::string(is_large ? 300'000 + random.below(500'000) : random.below(30'000), 'x'));
    const Pin stored = is_large ? find(url) : Pin{};
    if (!stored || store->stats().evicted < 1000) continue;
    ++large;
    scattered += stored->content->pieces > http::Responder::pieces_max;
  }
  EXPECT_GT(large, 500);
  EXPECT_LT(scattered, large / 50);
}

TEST_F(StoreTest, WhatIsReadStaysWhileItIsRead) {
  open({.entries = 1});
  put("http://a/1", "first");
  {
    const Pin reading = find("http://a/1");
    put("http://a/2", "second");
    EXPECT_EQ(get("http://a/1"), "(none)");
    EXPECT_EQ(body_of(*reading), "first");
  }
  const std::uint64_t before = store->stats().memory_bytes;
  put("http://a/2", "second");  // as large; the first one's memory is free again
  EXPECT_LE(store->stats().memory_bytes, before);
}

TEST_F(StoreTest, WhatA304MadeSharesTheBody) {
  open();
  put("http://a/", "body");
  const Pin old = find("http://a/");
  old->touch(7);
  const Pin fresh = draft("http://a/", 0);
  EXPECT_TRUE(store->insert_in_place_of(*old, *fresh, store->purges()));
  EXPECT_EQ(find("http://a/")->content, old->content);
  EXPECT_EQ(find("http://a/")->used, 7u);  // by nobody since then
  EXPECT_EQ(store->stats().entries, 1u);
  store->purge_all(Purge::remove);
  EXPECT_EQ(body_of(*fresh), "body");
}

TEST_F(StoreTest, AnEntryWeighsAllThatItHolds) {
  open();
  put("http://a/small", "x");
  put("http://a/large", std::string(100'000, 'x'));
  const auto bytes = [&](std::string_view url) { return find(url)->bytes; };
  EXPECT_GE(bytes("http://a/small"), sizeof(Entry));
  EXPECT_GE(bytes("http://a/large"), bytes("http://a/small") + 99'000)
      << "or sizes count for nothing";
}

TEST_F(StoreTest, HoweverOftenItIsConfirmedItWeighsTheSame) {
  open();
  for (const auto* const url : {"http://a/", "http://a/of-another-length"}) {
    put(url, "body");
    const auto bytes = find(url)->bytes;
    for (int i = 0; i < 3; ++i) {
      http::Fields lines(arena);
      lines.add(http::FieldId::content_type, "text/plain");
      const Pin fresh = store->draft({.key = key(url), .lines = lines});
      EXPECT_TRUE(store->insert_in_place_of(*find(url), *fresh, store->purges()));
    }
    EXPECT_EQ(find(url)->bytes, bytes);
  }
}

TEST_F(StoreTest, WhoVisitsKeepsNobodyFromEvicting) {
  open({.entries = 1});
  put("http://a/x", "x");
  std::string seen;
  store->visit(*split_url("http://a/x"), 0, [&](const Entry& entry) {
    put("http://a/y", "y");
    seen = body_of(entry);
  });
  EXPECT_EQ(seen, "x") << "and what it looks at stays";
  EXPECT_EQ(get("http://a/x"), "(none)");
}

TEST_F(StoreTest, KeysOfOneUrlDoNotShareABucket) {
  open({.entries = 10'000});
  Arena memory(blocks);
  http::RequestHead head(memory);
  head.authority = "a";
  head.target.path = "/x";
  const KeyRules rules({.query = {}, .headers = {"b"}, .cookies = {}});
  std::set<std::uint64_t> hashes;
  for (int i = 0; i < 100; ++i) {
    head.fields.clear();
    const std::string value = std::to_string(i);
    head.fields.add("b", value);
    hashes.insert(make_key(http::Scheme::http, head, rules, store->seed(), memory).hash);
  }
  EXPECT_EQ(hashes.size(), 100u);
}

}  // namespace
}  // namespace minato::cache
