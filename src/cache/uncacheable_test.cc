#include "cache/uncacheable.h"

#include <gtest/gtest.h>

#include <array>

#include "base/random.h"

namespace minato::cache {
namespace {

constexpr WallTime start{std::chrono::hours(480'000)};

TEST(Uncacheable, IsRememberedForAWhile) {
  Uncacheable memory(100, 1u << 20);
  memory.remember({42}, 200, start);
  EXPECT_TRUE(memory.knows({42}, start + 119s));
  EXPECT_FALSE(memory.knows({42}, start + 121s));
  EXPECT_FALSE(memory.knows({43}, start));
}

TEST(Uncacheable, AnErrorIsSoonForgotten) {
  Uncacheable memory(100, 1u << 20);
  memory.remember({42}, 503, start);
  EXPECT_TRUE(memory.knows({42}, start + 1s));
  EXPECT_FALSE(memory.knows({42}, start + 3s));
}

TEST(Uncacheable, WhatWasStoredAfterAllIsForgotten) {
  Uncacheable memory(100, 1u << 20);
  memory.remember({42}, 200, start);
  memory.forget({42});
  EXPECT_FALSE(memory.knows({42}, start));
}

TEST(Uncacheable, WhoNamesHimselfOtherwiseIsAnother) {
  Uncacheable memory(100, 1u << 20);
  for (unsigned named = 0; named < 4; ++named) {
    memory.remember({.key = 42, .naming = named}, 200, start);
    for (unsigned other = 0; other < 4; ++other)
      EXPECT_EQ(memory.knows({.key = 42, .naming = other}, start), other == named);
    memory.forget({.key = 42, .naming = named});
  }
}

TEST(Uncacheable, RangesAreOthersThanTheWholeAndOneIsAnotherThanTheRest) {
  const Uncacheable::Asking whole{42};
  const std::array kinds{whole, whole.for_ranges(), whole.for_range("bytes=0-"),
                         whole.for_range("bytes=1-")};
  Uncacheable memory(100, 1u << 20);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    memory.remember(kinds[i], 200, start);
    for (std::size_t j = 0; j < kinds.size(); ++j) EXPECT_EQ(memory.knows(kinds[j], start), i == j);
    memory.forget(kinds[i]);
  }
}

TEST(Uncacheable, TheNewestStayWhereThereAreTooMany) {
  Uncacheable memory(64, 1u << 20);
  Random random(5);
  std::vector<std::uint64_t> hashes(10'000);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    hashes[i] = random();
    memory.remember({hashes[i]}, 200, start + Seconds(i / 100));
  }
  EXPECT_TRUE(memory.knows({hashes.back()}, start + 100s));
  EXPECT_FALSE(memory.knows({hashes.front()}, start + 100s));
}

TEST(Uncacheable, WhatWasRememberedLongestAgoMakesRoom) {
  Uncacheable memory(64, 1u << 20);
  Random random(5);
  std::vector<std::uint64_t> hashes(1000);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    hashes[i] = random();
    const WallTime now = start + Seconds(i);
    memory.remember({hashes[i]}, 200, now);
    for (std::size_t back = 0; back < std::min<std::size_t>(i + 1, 8); ++back)
      ASSERT_TRUE(memory.knows({hashes[i - back]}, now)) << i << ' ' << back;
  }
}

TEST(Uncacheable, HoweverManyAreWantedItIsNoLargerThanItMayBe) {
  EXPECT_EQ(Uncacheable(100'000'000, 1u << 20).memory_bytes(), 1u << 20);
  EXPECT_EQ(Uncacheable(1000, 1u << 20).memory_bytes(), 8192u);
  Uncacheable least(100, 0);
  least.remember({42}, 200, start);
  EXPECT_TRUE(least.knows({42}, start));
}

}  // namespace
}  // namespace minato::cache
