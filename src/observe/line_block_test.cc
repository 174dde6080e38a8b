#include "observe/line_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace minato::observe {
namespace {

TEST(SpscRing, GivesBackInOrder) {
  SpscRing<int> ring(3);
  EXPECT_EQ(ring.take(), std::nullopt);
  for (int round = 0; round < 10; ++round) {
    ring.put(1), ring.put(2), ring.put(3);
    EXPECT_EQ(ring.take(), 1);
    EXPECT_EQ(ring.take(), 2);
    EXPECT_EQ(ring.take(), 3);
    EXPECT_EQ(ring.take(), std::nullopt);
  }
}

template <class Ring>
auto wait_and_take(Ring& ring) {
  auto element = ring.take();
  for (; !element; element = ring.take()) std::this_thread::yield();
  return *element;
}

TEST(SpscRing, HandsFromThreadToThread) {
  constexpr int rounds = 20'000;
  SpscRing<int*> there(8), back(8);
  std::vector<int> values(8);
  for (int& value : values) back.put(&value);
  std::thread other([&] {
    for (int seen = 0; seen < rounds; ++seen) {
      int* const value = wait_and_take(there);
      EXPECT_EQ(*value, seen);  // what was written before the put is seen after the take
      back.put(value);
    }
  });
  for (int sent = 0; sent < rounds; ++sent) {
    int* const value = wait_and_take(back);
    *value = sent;
    there.put(value);
  }
  other.join();
}

void add(LineBlock& block, std::string_view line) {
  ASSERT_LE(line.size(), block.room().size());
  std::ranges::copy(line, block.room().data());
  block.add(line.size());
}

TEST(LineBlock, KeepsLinesUntilItIsCleared) {
  LineBlock block(100);
  add(block, "one\n"), add(block, "two\n");
  EXPECT_EQ(block.lines(), "one\ntwo\n");
  EXPECT_EQ(block.room().size(), 92u);
  block.clear();
  EXPECT_EQ(block.lines(), "");
  EXPECT_EQ(block.room().size(), 100u);
}

TEST(BlockLane, MakesNoMoreBlocksThanAreUsedAndThanItMay) {
  BlockLane lane(100, 2);
  LineBlock* const first = lane.take_empty();
  for (int i = 0; i < 5; ++i) {
    lane.hand_over(*first);
    ASSERT_EQ(lane.take_full(), first);
    lane.give_back(*first);
    EXPECT_EQ(lane.take_empty(), first);
  }
  LineBlock* const second = lane.take_empty();
  EXPECT_NE(second, first);
  lane.hand_over(*first), lane.hand_over(*second);
  EXPECT_EQ(lane.take_empty(), nullptr) << "all are on their way";
  EXPECT_EQ(lane.take_full(), first);
}

}  // namespace
}  // namespace minato::observe
