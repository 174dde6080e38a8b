#include "control/quota.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace minato::control {
namespace {

TEST(Quota, HasTheLimitThatItWasGivenOrItsOwn) {
  Quota quota(1);
  EXPECT_TRUE(quota.take());
  EXPECT_FALSE(quota.take());
  quota.set_limit(2);
  EXPECT_TRUE(quota.take());
  EXPECT_FALSE(quota.take());
  EXPECT_EQ(quota.used(), 2u);
  quota.set_limit(0);
  EXPECT_FALSE(quota.give());
  EXPECT_FALSE(quota.take()) << "one is still out, as the default has it";
}

TEST(Quota, SaysWhatTheLimitIs) {
  Quota quota(1);
  EXPECT_STREQ(quota.what_allows_no_more(), "descriptors allow");
  quota.set_limit(2);
  EXPECT_STREQ(quota.what_allows_no_more(), "limits.connections allows");
  quota.set_limit(0);
  EXPECT_STREQ(quota.what_allows_no_more(), "descriptors allow");
}

TEST(Quota, ALowerLimitCutsNobodyOffAndAHigherOneHoldsAtOnce) {
  Quota quota(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(quota.take());
  quota.set_limit(2);
  EXPECT_EQ(quota.used(), 3u);
  quota.give();
  EXPECT_FALSE(quota.take());
  quota.give();
  EXPECT_TRUE(quota.take());
  quota.set_limit(3);
  EXPECT_TRUE(quota.take());
}

TEST(Quota, TellsWhoGivesBackWhetherSomebodyWaits) {
  Quota quota(1);
  EXPECT_TRUE(quota.take());
  EXPECT_FALSE(quota.give());
  EXPECT_TRUE(quota.take());
  {
    const WaitingForSlot waiting(quota);
    EXPECT_TRUE(quota.give());
  }
  EXPECT_TRUE(quota.take());
  EXPECT_FALSE(quota.give());
}

TEST(Quota, HoldsItsLimitWhateverTheThreads) {
  constexpr int limit = 3;
  Quota quota(limit);
  std::atomic<int> held{0}, most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 2000; ++n) {
        if (!quota.take()) continue;
        const int now = held.fetch_add(1) + 1;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        held.fetch_sub(1);
        quota.give();
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_LE(most, limit);
  EXPECT_EQ(quota.used(), 0u);
}

TEST(Quota, LeavesADescriptorForTheOtherSideOfEachConnection) {
  EXPECT_EQ(connections_within(1024, 24), 500u);
  EXPECT_EQ(connections_within(10, 24), 1u);
  EXPECT_EQ(connections_within(~std::uint64_t{0}, 24), ~std::uint32_t{0});
}

TEST(Quota, LeavesPipesASmallShareOfTheDescriptors) {
  EXPECT_EQ(pipes_within(1024, 1), 32u);
  EXPECT_EQ(pipes_within(1024, 16), 2u);
  EXPECT_EQ(pipes_within(20, 1), 0u);
  EXPECT_EQ(pipes_within(1u << 20, 16), PipePool::pipes_max);
}

}  // namespace
}  // namespace minato::control
