#include "cache/evict/evictor.h"

#include <gmock/gmock.h>

#include <deque>
#include <list>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "base/random.h"
#include "cache/evict/ghosts.h"
#include "cache/evict/lazy_heap.h"
#include "cache/evict/sketch.h"

namespace minato::cache {
namespace {

constexpr std::size_t items_max = 300;

/// A cache of so many entries that stores nothing but names.
class Shelf {
 public:
  Shelf(std::unique_ptr<Evictor> evictor, std::size_t capacity)
      : evictor_(std::move(evictor)), capacity_(capacity) {}

  /// True where it was there.
  bool ask(char name) {
    ++tick_;
    const auto found = std::ranges::find(items_, name, &Named::name);
    if (found != items_.end()) {
      found->touch(tick_);
      return true;
    }
    if (items_.size() == capacity_) evict();
    Named& item = items_.emplace_back(name);
    item.used = tick_;
    evictor_->add(item);
    return false;
  }
  void ask_all(std::string_view names) {
    for (const char name : names) ask(name);
  }
  void remove(char name) {
    const auto found = std::ranges::find(items_, name, &Named::name);
    evictor_->remove(*found);
    items_.erase(found);
  }
  char evict() {
    auto* const gone = static_cast<Named*>(evictor_->victim());
    if (gone == nullptr) return '-';
    const char name = gone->name;
    std::erase_if(items_, [&](const Named& item) { return &item == gone; });
    return name;
  }
  std::string names() const {
    std::string all;
    for (const Named& item : items_) all += item.name;
    std::ranges::sort(all);
    return all;
  }

 private:
  struct Named : Item {
    explicit Named(char of)
        : Item(static_cast<std::uint64_t>(of) * 0x9e3779b97f4a7c15u, 1), name(of) {}
    char name;
  };
  std::unique_ptr<Evictor> evictor_;
  std::size_t capacity_;
  std::list<Named> items_;
  std::uint64_t tick_ = 0;
};

class EveryEvictor : public testing::TestWithParam<EvictorKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EveryEvictor, testing::ValuesIn(evictors),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST_P(EveryEvictor, HasNoVictimWhereThereIsNothing) {
  EXPECT_EQ(GetParam().make(items_max)->victim(), nullptr);
}

TEST_P(EveryEvictor, GivesEachItemOnceAndNoOther) {
  Shelf shelf(GetParam().make(items_max), 26);
  shelf.ask_all("abcdefghijklmnopqrstuvwxyzaabbcz");
  std::set<char> gone;
  for (int i = 0; i < 26; ++i) EXPECT_TRUE(gone.insert(shelf.evict()).second);
  EXPECT_FALSE(gone.contains('-'));
  EXPECT_EQ(shelf.evict(), '-');
}

TEST_P(EveryEvictor, HasAVictimHoweverFewThereAre) {
  Random random(7);
  for (std::size_t capacity = 1; capacity <= 12; ++capacity) {
    Shelf shelf(GetParam().make(items_max), capacity);
    for (int i = 0; i < 1000; ++i) {
      const std::string names = shelf.names();
      if (!names.empty() && random.one_in(4)) shelf.remove(names[random.below(names.size())]);
      if (random.one_in(20)) {
        const bool any = !shelf.names().empty();
        EXPECT_EQ(shelf.evict() != '-', any);
      }
      const auto most = random.one_in(3) ? 26 : 1 + capacity;
      shelf.ask(static_cast<char>('a' + random.below(most)));
    }
  }
}

TEST_P(EveryEvictor, ForgetsWhatIsRemoved) {
  Shelf shelf(GetParam().make(items_max), 5);
  shelf.ask_all("abcdeabc");
  for (const char name : {'c', 'a', 'e'}) shelf.remove(name);
  const std::set<char> left{shelf.evict(), shelf.evict()};
  EXPECT_EQ(left, (std::set{'b', 'd'}));
  EXPECT_EQ(shelf.evict(), '-');
}

TEST_P(EveryEvictor, KeepsWhatIsAskedForAllTheTime) {
  Shelf shelf(GetParam().make(items_max), 20);
  Random random(7);
  int misses = 0;
  for (int i = 0; i < 2000; ++i) {
    misses += !shelf.ask('*');
    shelf.ask(static_cast<char>(random.below(100)));
  }
  EXPECT_LT(misses, 5);
}

/// Sizes, marks, removals and evictions at random: nothing is lost or given twice.
TEST_P(EveryEvictor, LosesNothingUnderRandomUse) {
  Random random(11);
  const auto evictor = GetParam().make(items_max);
  std::list<Item> items;
  for (std::uint64_t tick = 1; tick < 20'000; ++tick) {
    const auto chosen = [&] {
      return std::next(items.begin(), static_cast<std::ptrdiff_t>(random.below(items.size())));
    };
    const auto dice = items.size() < 5 ? 0 : random.below(items.size() > 200 ? 4 : 8);
    if (dice == 1) {
      const auto item = chosen();
      evictor->remove(*item);
      items.erase(item);
    } else if (dice >= 4 || dice == 0) {
      Item& item = items.emplace_back(random(), 1 + random.below(1000));
      item.used = tick;
      evictor->add(item);
    } else {
      chosen()->touch(tick);
      Item* const gone = dice == 2 ? evictor->victim() : nullptr;
      const auto removed = items.remove_if([&](Item& item) { return &item == gone; });
      ASSERT_EQ(removed, dice == 2 ? 1u : 0u);
    }
  }
  for (std::size_t left = items.size(); left > 0; --left) ASSERT_NE(evictor->victim(), nullptr);
  EXPECT_EQ(evictor->victim(), nullptr);
}

/// All were used since it last looked at any of them.
class AllUsed {
 public:
  static constexpr std::size_t count = 3 * passed_over_max;
  template <class Order>
  explicit AllUsed(Order& order) {
    for (; items_.size() < count; order.add(items_.back()))
      items_.emplace_back(items_.size() * 0x9e3779b97f4a7c15u, 1).used = ++tick_;
    for (int times = 0; times < 3; ++times)
      for (Item& item : items_) item.touch(++tick_);
  }
  const Item& first() const { return items_.front(); }
  std::size_t passed_over() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(items_, [](const Item& item) { return item.seen_hits > 0; }));
  }

 private:
  std::deque<Item> items_;
  std::uint64_t tick_ = 0;
};

TEST_P(EveryEvictor, PassesOverSoManyForOneVictimAndNoMore) {
  const auto evictor = GetParam().make(AllUsed::count);
  const AllUsed items(*evictor);
  EXPECT_NE(evictor->victim(), nullptr);
  EXPECT_LE(items.passed_over(), passed_over_max + 2);
}

struct CountedUse {
  using Key = std::uint64_t;
  static Key of(const Item& item) {
    ++asked;
    return item.used.load(std::memory_order_relaxed);
  }
  static inline std::size_t asked = 0;
};

TEST(LazyHeapTest, TakesTheLeastOfThoseThatItPassesOver) {
  LazyHeap<CountedUse> heap(AllUsed::count);
  const AllUsed items(heap);
  CountedUse::asked = 0;
  EXPECT_EQ(heap.take_least(), &items.first());
  EXPECT_EQ(CountedUse::asked, passed_over_max + 1);
}

TEST(Lru, TakesWhatWasNotUsedForLongest) {
  Shelf shelf(make_lru(items_max), 3);
  shelf.ask_all("abcaacb");
  EXPECT_EQ(shelf.evict(), 'a');
  EXPECT_EQ(shelf.evict(), 'c');
  EXPECT_EQ(shelf.evict(), 'b');
}

TEST(Lfu, TakesWhatWasUsedLeastAndOfEqualsTheOldestUse) {
  Shelf shelf(make_lfu(items_max), 4);
  shelf.ask_all("abcdaabbbcd");
  EXPECT_EQ(shelf.evict(), 'c');
  EXPECT_EQ(shelf.evict(), 'd');
  EXPECT_EQ(shelf.evict(), 'a');
  EXPECT_EQ(shelf.evict(), 'b');
}

/// LRU against a list that is moved at each use.
TEST(Lru, IsExact) {
  Random random(3);
  Shelf shelf(make_lru(items_max), 10);
  std::deque<char> model;  // least recent in front
  for (int i = 0; i < 5000; ++i) {
    const auto name = static_cast<char>('A' + random.below(26));
    const auto known = std::ranges::find(model, name);
    EXPECT_EQ(shelf.ask(name), known != model.end());
    if (known != model.end())
      model.erase(known);
    else if (model.size() == 10)
      model.pop_front();
    model.push_back(name);
  }
}

/// LFU against a search through all.
TEST(Lfu, IsExact) {
  Random random(4);
  Shelf shelf(make_lfu(items_max), 10);
  std::map<char, std::pair<int, int>> model;  // how often used, and when last
  for (int i = 0; i < 5000; ++i) {
    const auto name = static_cast<char>('A' + random.below(26));
    const bool known = model.contains(name);
    ASSERT_EQ(shelf.ask(name), known) << i;
    if (!known && model.size() == 10)
      model.erase(std::ranges::min_element(model, {}, [](auto& item) { return item.second; }));
    model[name] = {known ? model[name].first + 1 : 0, i};
  }
}

TEST(S3Fifo, WhatIsAskedForOnceGoesBeforeWhatWasUsed) {
  Shelf shelf(make_s3fifo(items_max), 10);
  shelf.ask_all("abcabcabc");
  shelf.ask_all("0123456789xyz");  // a scan
  EXPECT_THAT(shelf.names(), testing::AllOf(testing::HasSubstr("abc"), testing::SizeIs(10)));
}

TEST(S3Fifo, WhatComesBackSoonAfterItWentStays) {
  Shelf shelf(make_s3fifo(items_max), 10);
  shelf.ask_all("abcdefghij");
  EXPECT_EQ(shelf.evict(), 'a');
  shelf.ask('a');
  shelf.ask_all("0123456789");
  EXPECT_THAT(shelf.names(), testing::HasSubstr("a"));
}

TEST(TinyLfu, AScanDoesNotPushOutWhatIsPopular) {
  Shelf shelf(make_tinylfu(items_max), 10);
  for (int i = 0; i < 10; ++i) shelf.ask_all("abcdefgh");
  shelf.ask_all("0123456789ABCDEFGHIJKLMNOPQRSTUVW");
  EXPECT_THAT(shelf.names(), testing::HasSubstr("abcdefgh"));
}

TEST(GhostsTest, RememberTheLastOnesOnce) {
  Ghosts ghosts(3);
  for (std::uint64_t hash = 1; hash <= 5; ++hash) ghosts.add(hash, 3);
  EXPECT_FALSE(ghosts.take(2));
  EXPECT_TRUE(ghosts.take(3));
  EXPECT_FALSE(ghosts.take(3));
  ghosts.add(4, 3);  // twice now; 3 and the first 4 are forgotten next
  ghosts.add(6, 3);
  EXPECT_TRUE(ghosts.take(4));
}

TEST(GhostsTest, HardlyOneOfManyIsForgottenBeforeItsTurn) {
  constexpr std::size_t count = 10'000;
  Ghosts ghosts(count);
  Random random(5), again(5);
  for (std::size_t i = 0; i < count; ++i) ghosts.add(random(), count);
  std::size_t known = 0;
  for (std::size_t i = 0; i < count; ++i) known += ghosts.take(again());
  EXPECT_GT(known, count * 98 / 100);
}

TEST(ItemTest, NeverCountsAnewHoweverOftenItIsUsed) {
  Item item(1, 1);
  item.hits = Item::hits_max - 1;
  for (std::uint64_t tick = 1; tick <= 3; ++tick) item.touch(tick);
  EXPECT_EQ(item.hits, Item::hits_max);
  EXPECT_EQ(item.used, 3u);
}

TEST(ItemTest, AnEarlierUseThatIsMarkedLateChangesNothing) {
  Item item(1, 1);
  for (const std::uint64_t tick : {5u, 3u, 4u}) item.touch(tick);
  EXPECT_EQ(item.used, 5u);
  EXPECT_EQ(item.hits, 3u);
}

TEST(ItemTest, TakesOverTheUsesOfWhatItReplaces) {
  Item old(1, 1), item(1, 1);
  for (std::uint64_t tick = 1; tick <= 3; ++tick) old.touch(tick);
  item.touch(4);
  item.succeed(old);
  EXPECT_EQ(item.hits, 5u);
  old.hits = Item::hits_max;
  item.succeed(old);
  EXPECT_EQ(item.hits, Item::hits_max);
}

TEST(ItemTest, OfUsesOnSeveralThreadsTheLatestIsRemembered) {
  constexpr std::uint64_t threads = 3, uses = 10'000;
  Item item(1, 1);
  {
    std::vector<std::jthread> users;
    for (std::uint64_t user = 1; user <= threads; ++user)
      users.emplace_back([&item, user] {
        for (std::uint64_t tick = user; tick <= threads * uses; tick += threads) {
          item.touch(tick);
          ASSERT_GE(item.used.load(), tick);
        }
      });
  }
  EXPECT_EQ(item.used, threads * uses);
  EXPECT_EQ(item.hits, threads * uses);
}

TEST(SketchTest, CountsUpToItsLimitAndForgetsByHalves) {
  Sketch sketch(64);
  sketch.add(1, 3);
  EXPECT_GE(sketch.estimate(1), 3u);
  sketch.add(1, 100);
  EXPECT_EQ(sketch.estimate(1), Sketch::count_max);
  EXPECT_LE(sketch.estimate(2), 1u);
  for (std::uint64_t other = 100; other < 900; ++other) sketch.add(other * 0x9e3779b97f4a7c15u);
  EXPECT_LT(sketch.estimate(1), Sketch::count_max);
}

}  // namespace
}  // namespace minato::cache
