// What the store says that it holds, beside what the allocator gave.
#include <gtest/gtest.h>

#include "base/testing.h"
#include "cache/store/testing.h"

namespace minato::cache {
namespace {

struct MemoryTest : StoreTest {
  static constexpr std::uint64_t memory = 8u << 20;

  void put_tiny(int number) {
    arena.reset();
    put(arena.copy("http://a/" + std::to_string(number)), "x");
  }
  /// The allocator gives no more than what the store says that it has.
  void expect_measured() const {
    const std::uint64_t said = store->stats().memory_bytes;
    ASSERT_LE(said, memory);
    ASSERT_LE(heap_bytes(), before + said);
    ASSERT_LE(heap_bytes() - opened, said - said_at_first);
  }

  std::size_t before = 0, opened = 0;
  std::uint64_t said_at_first = 0;
};

TEST_F(MemoryTest, OfTinyEntriesIsMeasuredUnderEveryPolicy) {
  open();
  put_tiny(0);  // what the test itself needs is there from here on
  for (const EvictorKind& kind : evictors) {
    SCOPED_TRACE(kind.name);
    store.reset();
    before = heap_bytes();
    open({.memory_bytes = memory, .entries = 1'000'000, .evictor = &kind});
    opened = heap_bytes(), said_at_first = store->stats().memory_bytes;
    int number = 0;
    for (; store->stats().evicted < 5000; ++number) {
      put_tiny(number);
      expect_measured();
    }
    EXPECT_GT(store->stats().entries, memory / 2048);
    EXPECT_LT(store->stats().entries, static_cast<std::uint64_t>(number));
    store->purge_all(Purge::remove);
    carry_out_bans();
    for (int i = 0; i < 100; ++i) put_tiny(i);
    expect_measured();
  }
}

}  // namespace
}  // namespace minato::cache
