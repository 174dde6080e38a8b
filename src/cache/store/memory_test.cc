// What the store says that it holds, beside what the allocator gave.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/testing.h"
#include "cache/store/testing.h"

namespace minato::cache {
namespace {

struct MemoryTest : StoreTest {
  static constexpr std::uint64_t memory = 8u << 20;

  /// What the test itself needs is there from then on.
  void warm_up() {
    open();
    for (int i = 0; i < 2; ++i) put_tiny(i);
    store.reset();
  }
  void put_tiny(int number) {
    arena.reset();
    put(arena.copy("http://a/" + std::to_string(number)), "x");
  }
  /// The allocator gives no more than what the store says that it has.
  void expect_measured() const {
    const std::size_t given = heap_bytes();  // the checks take some, too
    const std::uint64_t said = store->stats().memory_bytes;
    ASSERT_LE(said, memory);
    ASSERT_LE(given, before + said);
    ASSERT_LE(given, opened + said - said_at_first);
  }

  std::size_t before = 0, opened = 0;
  std::uint64_t said_at_first = 0;
};

TEST_F(MemoryTest, OfTinyEntriesIsMeasuredUnderEveryPolicy) {
  warm_up();
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
    EXPECT_GT(store->stats().entries, memory / 1024);
    EXPECT_LT(store->stats().entries, static_cast<std::uint64_t>(number));
    store->purge_all(Purge::remove);
    carry_out_bans();
    for (int i = 0; i < 100; ++i) put_tiny(i);
    expect_measured();
  }
}

/// What the allocator does not give: the system takes memory for it as it is written.
std::uint64_t mapped_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// So large that each part of it is more than what the region is rounded to.
TEST_F(MemoryTest, IsAllThatIsMappedForIt) {
  constexpr std::uint64_t large = 512u << 20;
  (void)mapped_bytes();  // what that itself needs is there from then on
  for (const EvictorKind& kind : evictors) {
    store.reset();
    const std::uint64_t before_it = mapped_bytes();
    open({.memory_bytes = large, .entries = 10'000'000, .evictor = &kind});
    const std::uint64_t mapped = mapped_bytes() - before_it;
    EXPECT_LE(mapped, large) << kind.name;
    EXPECT_GT(mapped, large - 2 * Region::piece_bytes_max) << kind.name;
  }
}

TEST_F(MemoryTest, OfAStoreIsAMebibyteAtLeastAndFull) {
  for (const EvictorKind& kind : evictors) {
    open({.memory_bytes = 1, .entries = 1'000'000, .evictor = &kind});
    for (int i = 0; store->stats().evicted < 1000; ++i) put_tiny(i);
    EXPECT_GT(store->stats().entries, 500u) << kind.name;
  }
}

/// What is drafted takes all there is for its pieces.
TEST_F(MemoryTest, HoldsOneContentOfNearlyTheMostAndNoneThatIsLarger) {
  constexpr std::uint64_t least_piece = 512;  // what is left at an end may be less
  for (const std::uint64_t bytes : {std::uint64_t{1}, memory}) {
    open({.memory_bytes = bytes, .entries = 1000});
    const Pin entry = draft("http://a/", 0);
    std::uint64_t held = 0;
    Piece *first = nullptr, *piece = nullptr;
    while ((piece = store->take_piece(memory)) != nullptr) {
      held += piece->capacity;
      piece->next = std::exchange(first, piece);
    }
    EXPECT_GE(held, store->content_bytes_max()) << "or others go for it in vain";
    EXPECT_LT(held, store->content_bytes_max() + 4 * least_piece);
    store->give_pieces(first);
  }
}

TEST_F(MemoryTest, OfWhatIsEmptyGoesBackWithItsTables) {
  if (pages_have_shadows) GTEST_SKIP() << "the thread sanitizer keeps more than goes back";
  const StoreLimits limits{.memory_bytes = 256u << 20, .entries = 1'000'000};
  open(limits);
  const std::size_t at_first = resident_bytes();
  for (int i = 0; i < 8000; ++i) put_tiny(i);  // two tables of 4 MiB, of which each page has some
  EXPECT_GT(resident_bytes(), at_first + (10u << 20));
  store->purge_all(Purge::remove);
  carry_out_bans();
  int steps = 0;
  while (store->give_up_some()) ASSERT_LT(++steps, 1000);
  EXPECT_LT(resident_bytes(), at_first + (3u << 20));
  put_tiny(1);
  EXPECT_EQ(get("http://a/1"), "x");
}

TEST_F(MemoryTest, OfPurgesIsThereFromTheBeginningOn) {
  warm_up();
  before = heap_bytes();
  open({.memory_bytes = memory, .entries = 1000});
  opened = heap_bytes(), said_at_first = store->stats().memory_bytes;
  for (int i = 0; i < 10'000; ++i) {
    arena.reset();
    const auto url = arena.copy("http://a/" + std::to_string(i));
    store->purge_url(*split_url(url), Purge::remove);
    store->purge_tag(url, Purge::remove);
    store->ban({.host = "a", .prefix = std::string(url), .soft = true});
    ASSERT_EQ(store->stats().memory_bytes, said_at_first);
    expect_measured();
  }
}

}  // namespace
}  // namespace minato::cache
