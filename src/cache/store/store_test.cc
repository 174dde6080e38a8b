#include "cache/store/store.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/hash.h"
#include "base/random.h"
#include "cache/policy/vary.h"

namespace minato::cache {
namespace {

struct More {
  std::string_view vary, variant, tag;
  Seconds date{0};
  Seconds sent{0};
};

struct StoreTest : testing::Test {
  BlockPool blocks;
  Arena arena{blocks};
  http::Fields none{arena};
  std::optional<Store> store;

  void open(StoreLimits limits = {}) { store.emplace(limits); }

  Key key(std::string_view text) const {
    const std::uint64_t hash = hash_of(*split_url(url_of(text)), store->seed());
    const auto suffix = text.substr(url_of(text).size());
    return {text, suffix.empty() ? hash : hash_bytes(suffix, hash)};
  }

  bool put(std::string_view url, std::string_view body, More more = {}) {
    const std::span<const std::string_view> tags(&more.tag, more.tag.empty() ? 0u : 1u);
    http::Fields lines(arena);
    lines.add(http::FieldId::content_type, "text/plain");
    ResponseFacts facts;
    facts.freshness.date = http::FieldDate(more.date);
    facts.freshness.request_sent = WallTime(more.sent);
    const Pin draft = store->draft({.key = key(url),
                                    .vary = more.vary,
                                    .variant = more.variant,
                                    .lines = lines,
                                    .facts = facts,
                                    .part = {},
                                    .range = {},
                                    .tags = tags,
                                    .purges_before = store->purges()});
    return draft && store->insert(*draft, pieces(body), body.size());
  }

  Piece* pieces(std::string_view body) {
    Piece* first = nullptr;
    Piece** end = &first;
    while (!body.empty()) {
      Piece* const piece = store->take_piece(body.size());
      if (piece == nullptr) break;
      piece->size = static_cast<std::uint32_t>(std::min<std::size_t>(body.size(), piece->capacity));
      body.copy(piece->bytes(), piece->size);
      body.remove_prefix(piece->size);
      store->trim(*piece);
      *end = piece, end = &piece->next;
    }
    return first;
  }

  static std::string body_of(const Entry& entry) {
    std::string body;
    for (Piece* piece = entry.content->first; piece != nullptr; piece = piece->next)
      body += piece->text();
    return body;
  }

  Pin find(std::string_view url) { return store->find(key(url), none, 0).entry; }
  std::string get(std::string_view url) {
    const Pin pin = find(url);
    return pin ? body_of(*pin) : "(none)";
  }
};

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
    EXPECT_EQ(store->stats().entries, 0u) << kind.name;
  }
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
  const Pin fresh = store->draft({.key = key("http://a/"),
                                  .vary = {},
                                  .variant = {},
                                  .lines = none,
                                  .facts = {},
                                  .part = {},
                                  .tags = {}});
  EXPECT_TRUE(store->insert_in_place_of(*old, *fresh, store->purges()));
  EXPECT_EQ(find("http://a/")->content, old->content);
  EXPECT_EQ(find("http://a/")->used, 7u);  // by nobody since then
  EXPECT_EQ(store->stats().entries, 1u);
  store->purge_all(Purge::remove);
  EXPECT_EQ(body_of(*fresh), "body");
}

TEST_F(StoreTest, HoweverOftenItIsConfirmedItWeighsTheSame) {
  open();
  for (const auto* const url : {"http://a/", "http://a/of-another-length"}) {
    put(url, "body");
    const auto bytes = find(url)->bytes;
    for (int i = 0; i < 3; ++i) {
      http::Fields lines(arena);
      lines.add(http::FieldId::content_type, "text/plain");
      const Pin fresh = store->draft({.key = key(url),
                                      .vary = {},
                                      .variant = {},
                                      .lines = lines,
                                      .facts = {},
                                      .part = {},
                                      .tags = {}});
      EXPECT_TRUE(store->insert_in_place_of(*find(url), *fresh, store->purges()));
    }
    EXPECT_EQ(find(url)->bytes, bytes);
  }
}

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

TEST_F(StoreTest, AUrlThatIsPurgedOnItsWayInStaysOutWhateverElseItsKeySays) {
  open();
  const Pin draft = store->draft({.key = key("http://a/x cookie(b)=1"),
                                  .vary = {},
                                  .variant = {},
                                  .lines = none,
                                  .facts = {},
                                  .part = {},
                                  .range = {},
                                  .tags = {}});
  store->purge_url(*split_url("http://a/x"), Purge::remove);
  EXPECT_FALSE(store->insert(*draft, pieces("x"), 1));
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
  while (store->carry_out_bans()) {
  }
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
  while (store->carry_out_bans()) {
  }
  EXPECT_EQ(store->stats().entries, 0u);
}

TEST_F(StoreTest, WhatIsBannedIsNotConfirmedAfterwards) {
  open();
  put("http://a/", "x");
  const Pin asked_about = find("http://a/");
  store->ban({.host = "a"});
  const Pin fresh = store->draft({.key = key("http://a/"),
                                  .vary = {},
                                  .variant = {},
                                  .lines = none,
                                  .facts = {},
                                  .part = {},
                                  .tags = {},
                                  .purges_before = store->purges()});
  EXPECT_FALSE(store->insert_in_place_of(*asked_about, *fresh, store->purges()));
  EXPECT_EQ(get("http://a/"), "(none)");
}

TEST_F(StoreTest, WhatIsPurgedOnItsWayInStaysOut) {
  open();
  const std::string_view red[] = {"red"};
  const auto draft = [&] {
    return store->draft({.key = key("http://a/"),
                         .vary = {},
                         .variant = {},
                         .lines = none,
                         .facts = {},
                         .part = {},
                         .tags = red,
                         .purges_before = store->purges()});
  };
  const Pin by_url = draft();
  store->purge_url(*split_url("http://a/"), Purge::remove);
  EXPECT_FALSE(store->insert(*by_url, nullptr, 0));
  const Pin by_tag = draft();
  store->purge_tag("red", Purge::remove);
  EXPECT_FALSE(store->insert(*by_tag, nullptr, 0));
  const Pin by_ban = draft();
  store->ban({.host = "a"});
  while (store->carry_out_bans()) {
  }
  EXPECT_FALSE(store->insert(*by_ban, nullptr, 0));
  EXPECT_FALSE(find("http://a/"));
}

struct AskedBefore : StoreTest {
  /// Whether what was asked for when there had been `before` purges is found afterwards.
  Pin bring(std::uint64_t before, std::string_view text = "http://a/x") {
    const std::string_view red[] = {"red"};
    const Pin draft = store->draft({.key = key(text),
                                    .vary = {},
                                    .variant = {},
                                    .lines = none,
                                    .facts = {},
                                    .part = {},
                                    .tags = red,
                                    .purges_before = before});
    if (draft) store->insert(*draft, nullptr, 0);
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

TEST_F(AskedBefore, WhatIsPurgedSoftlyWhileItIsAskedAboutStaysStale) {
  open();
  for (const auto& purge : concerning()) {
    const Pin old = bring(store->purges());
    const auto before = store->purges();
    purge(Purge::mark_stale);
    const Pin fresh = store->draft({.key = key("http://a/x"),
                                    .vary = {},
                                    .variant = {},
                                    .lines = none,
                                    .facts = {},
                                    .part = {},
                                    .tags = {},  // a 304 may say so
                                    .purges_before = before});
    EXPECT_TRUE(store->insert_in_place_of(*old, *fresh, before));
    EXPECT_TRUE(find("http://a/x")->marked_stale);
  }
}

TEST_F(StoreTest, ManyThreadsFindStoreAndPurge) {
  constexpr std::size_t readers = 3;
  open({.memory_bytes = 2u << 20, .entries = 50, .readers = readers + 2});
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> hits = 0;
  const auto read = [&](std::size_t reader) {
    BlockPool pool;
    Arena own(pool);
    const http::Fields request(own);
    Random random(reader);
    while (!done.load()) {
      const std::string url = "http://a/" + std::to_string(random.below(80));
      const Pin pin = store->find(key(url), request, reader).entry;
      if (!pin) continue;
      pin->touch(hits.fetch_add(1));
      ASSERT_EQ(body_of(*pin), url);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < readers; ++i) threads.emplace_back(read, i);
  threads.emplace_back([&] {
    const Url url = *split_url("http://a/1");
    while (!done.load())
      store->visit(url, readers + 1,
                   [](const Entry& entry) { ASSERT_EQ(body_of(entry), "http://a/1"); });
  });
  Random random(9);
  for (int i = 0; i < 20'000; ++i) {
    const std::string url = "http://a/" + std::to_string(random.below(80));
    put(url, url, {.vary = {}, .variant = {}, .tag = "t"});
    if (random.one_in(500)) store->purge_tag("t", Purge::remove);
    if (random.one_in(300)) store->ban({.host = "a", .prefix = "/1"});
    if (random.one_in(200)) store->carry_out_bans();
    if (i % 100 == 0) arena.reset();
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(hits.load(), 0u);
}

}  // namespace
}  // namespace minato::cache
