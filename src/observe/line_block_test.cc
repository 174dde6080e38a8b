#include "observe/line_block.h"

#include <gtest/gtest.h>

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

std::shared_ptr<Output> some_output(std::string name) {
  return std::make_shared<Output>(std::move(name), Fd());
}

void add(LineBlock& block, std::string_view line, const std::shared_ptr<Output>& output) {
  ASSERT_LE(line.size(), block.room().size());
  std::ranges::copy(line, block.room().data());
  block.add(line.size(), output);
}

TEST(LineBlock, KeepsTheLinesOfEachOutputInOrder) {
  const auto a = some_output("a"), b = some_output("b");
  LineBlock block(100);
  add(block, "a1\n", a), add(block, "a2\n", a), add(block, "b1\n", b), add(block, "a3\n", a);
  std::string scratch;
  ASSERT_EQ(block.outputs().size(), 2u);
  EXPECT_EQ(block.outputs()[0], a);
  EXPECT_EQ(block.lines_of(0, scratch), "a1\na2\na3\n");
  EXPECT_EQ(block.lines_of(1, scratch), "b1\n");
}

TEST(LineBlock, CopiesNothingWhereThereIsOneOutput) {
  LineBlock block(100);
  add(block, "a1\n", some_output("a"));
  std::string scratch;
  EXPECT_EQ(block.lines_of(0, scratch), "a1\n");
  EXPECT_EQ(scratch.capacity(), std::string().capacity());
}

TEST(LineBlock, LetsGoOfItsOutputs) {
  const auto output = some_output("a");
  LineBlock block(100);
  add(block, "a1\n", output);
  EXPECT_EQ(output.use_count(), 2);
  block.clear();
  EXPECT_EQ(output.use_count(), 1);
  EXPECT_TRUE(block.empty());
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
