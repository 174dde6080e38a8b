#include <gtest/gtest.h>

#include <barrier>
#include <functional>
#include <future>
#include <thread>

#include "base/random.h"
#include "cache/store/testing.h"

namespace minato::cache {
namespace {

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
    if (random.one_in(300)) store->ban({.host = "a", .prefix = "/1", .soft = random.one_in(2)});
    if (random.one_in(10)) store->ban({.host = "b", .prefix = std::to_string(i)});
    if (random.one_in(1000)) store->purge_all(Purge::remove);
    if (random.one_in(200)) store->carry_out_bans();
    if (i % 100 == 0) arena.reset();
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(hits.load(), 0u);
}

/// Lets something happen while the store has its lock.
class MeanwhileEvictor final : public Evictor {
 public:
  explicit MeanwhileEvictor(std::size_t items_max) : kept_(make_lru(items_max)) {}
  void add(Item& item) override {
    happens();
    kept_->add(item);
  }
  Item* victim() override { return kept_->victim(); }
  void remove(Item& item) override { kept_->remove(item); }
  std::size_t memory_bytes() const override { return kept_->memory_bytes(); }

  static inline std::function<void()> happens = [] {};

 private:
  std::unique_ptr<Evictor> kept_;
};

TEST_F(StoreTest, WhoFindsWaitsForNobodyWhoStores) {
  const EvictorKind kind{"lru", [](std::size_t items_max) -> std::unique_ptr<Evictor> {
                           return std::make_unique<MeanwhileEvictor>(items_max);
                         }};
  open({.evictor = &kind, .readers = 2});
  put("http://a/1", "x");
  std::future<bool> finds;
  MeanwhileEvictor::happens = [&] {
    finds = std::async(std::launch::async, [&] {
      BlockPool pool;
      Arena own(pool);
      const Pin pin = store->find(key("http://a/1"), http::Fields(own), 1).entry;
      if (pin) pin->touch(1);
      return pin && body_of(*pin) == "x";
    });
    EXPECT_EQ(finds.wait_for(10s), std::future_status::ready) << "it waits for the lock";
  };
  put("http://a/2", "y");
  MeanwhileEvictor::happens = [] {};
  EXPECT_TRUE(finds.get());
}

TEST_F(StoreTest, WhatIsPurgedSoftlyIsStaleToEveryThread) {
  constexpr std::size_t readers = 2;
  constexpr int rounds = 100;
  open({.entries = 1000, .readers = readers});
  std::vector<std::string> urls;
  for (int i = 0; i < 100; ++i) urls.push_back("http://a/" + std::to_string(i));
  std::barrier turn(readers + 1);
  const auto read = [&](std::size_t reader) {
    BlockPool pool;
    Arena own(pool);
    const http::Fields request(own);
    for (int round = 0; round < rounds; ++round) {
      turn.arrive_and_wait();
      for (const std::string& url : urls)
        EXPECT_TRUE(store->find(key(url), request, reader).entry->marked_stale.load());
      turn.arrive_and_wait();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < readers; ++i) threads.emplace_back(read, i);
  for (int round = 0; round < rounds; ++round) {
    for (const std::string& url : urls) put(url, url);
    store->ban({.host = "a", .soft = true});
    turn.arrive_and_wait();
    turn.arrive_and_wait();
    arena.reset();
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace minato::cache
