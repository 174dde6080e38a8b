#include "cache/exchange.h"

#include <barrier>
#include <chrono>
#include <thread>

#include "cache/testing.h"

namespace minato::cache {
namespace {

using testing::Clients;
using testing::Worker;

void ask_for(Worker& worker, const std::string& path) {
  Clients clients;
  worker.ask(clients, path);
  worker.run_until([&] { return clients.back().outcome.has_value(); });
  EXPECT_TRUE(clients.back().has_all()) << path;
}

void spin(std::chrono::microseconds span) {
  const auto until = std::chrono::steady_clock::now() + span;
  while (std::chrono::steady_clock::now() < until) {
  }
}

TEST(AskingTogether, WhatLandedBetweenTheLookAndTheLeadIsNotAskedForAgain) {
  constexpr int rounds = 2000;
  Cache cache{CacheOptions{}, 2, 1};
  std::barrier step(2);
  std::atomic<std::size_t> asked = 0;
  const auto run = [&](std::size_t number) {
    Worker worker(cache, number);
    for (int round = 0; round < rounds; ++round) {
      const auto path = fmt::format("/{}", round);
      worker.origin.answer(path);
      step.arrive_and_wait();
      if (number == 1) spin(std::chrono::microseconds(round % 50));
      ask_for(worker, path);
    }
    asked += worker.origin.asked.size();
  };
  std::thread elsewhere(run, 1);
  run(0);
  elsewhere.join();
  EXPECT_EQ(asked, std::size_t{rounds});
}

/// Others may have looked at it before, and ask themselves afterwards whether to do it.
TEST(Refreshing, IsNotBegunAgainOfWhatWasRefreshed) {
  Cache cache{CacheOptions{}, 1, 1};
  Worker worker{cache, 0};
  worker.origin.age = "100";
  worker.origin.answer("/");
  ask_for(worker, "/");
  Arena arena(worker.loop->blocks());
  const Key key{.text = "http://a/",
                .hash = hash_of(*split_url("http://a/"), cache.store().seed())};
  const Pin stale = cache.store().find(key, http::Fields(arena), 0).entry;
  ASSERT_TRUE(stale);
  ask_for(worker, "/");
  worker.settle();
  EXPECT_EQ(worker.origin.asked["/"], 2);
  EXPECT_TRUE(stale->refreshing);
}

}  // namespace
}  // namespace minato::cache
