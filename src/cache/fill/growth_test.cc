#include "cache/fill/growth.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "base/random.h"
#include "cache/store/testing.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::cache {
namespace {

using runtime::EpollLoop;

constexpr std::uint64_t much = 1u << 20;

std::string some_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

/// What one reader got, and how it ended.
struct Read {
  std::string bytes;
  bool broke_off = false;
  bool over = false;
};

Task<void> read_all(Growth::Reader& reader, Read& read) {
  for (;;) {
    const auto piece = co_await reader.next();
    read.broke_off = !piece;
    if (!piece || piece->empty()) break;
    read.bytes += *piece;
  }
  read.over = true;
}

struct GrowthTest : testing::Test {
  std::unique_ptr<EpollLoop> loop = EpollLoop::make(1).value();
  Store store{{.memory_bytes = 16u << 20}};
  BlockPool blocks;
  Arena arena{blocks};
  http::Fields none{arena};
  std::shared_ptr<Growth> growth;
  runtime::Scope tasks{*loop};

  Key key() const {
    constexpr std::string_view url = "http://a.example/";
    return {.text = url, .hash = hash_of(*split_url(url), store.seed())};
  }
  void begin(std::uint64_t bytes_max = much, std::uint64_t expected = 0) {
    Pin draft = store.draft({.key = key(), .lines = none});
    growth = std::make_shared<Growth>(store, std::move(draft), bytes_max, expected);
  }
  std::string stored() {
    const Pin entry = store.find(key(), none, 0).entry;
    return entry ? body_of(*entry) : "(none)";
  }
  std::unique_ptr<Growth::Reader> follow() { return Growth::follow(growth, *loop); }

  /// Writes in pieces of a size of their own; `written` is what was taken of it.
  Task<void> write(std::string_view bytes, std::size_t& written, bool completes) {
    for (std::size_t size = 1; written < bytes.size(); size = size * 3 % 40'009 + 1) {
      const auto piece = bytes.substr(written, size);
      const auto kept = co_await growth->append(*loop, piece);
      if (!kept) co_return;
      written += piece.size();
      co_await loop->breathe();
    }
    completes ? static_cast<void>(growth->complete(*loop, 1)) : growth->break_off(*loop);
  }
  /// In one piece; what does not fit must not wait.
  Result<void> append(std::string_view bytes) {
    std::optional<Result<void>> kept;
    tasks.start([](GrowthTest& test, std::string_view all,
                   std::optional<Result<void>>& result) -> Task<void> {
      auto got = co_await test.growth->append(*test.loop, all);
      result = got;
    }(*this, bytes, kept));
    EXPECT_TRUE(kept.has_value());
    return kept.value_or(Result<void>{});
  }
  Task<void> stop_when(const bool& over) {
    while (!over) co_await loop->breathe();
    loop->stop();
  }
  Task<void> see_it_stand(const std::size_t& at, bool& stands) {
    for (std::size_t before = ~std::size_t{0}; before != at;) {
      before = at;
      for (int turn = 0; turn < 10; ++turn) co_await loop->breathe();
    }
    stands = true;
  }
  void run_until(const bool& over) {
    tasks.start(stop_when(over));
    loop->run();
  }
};

TEST_F(GrowthTest, StoresWhatCame) {
  begin();
  EXPECT_TRUE(growth->append(*loop, "one ").ready());
  EXPECT_TRUE(growth->append(*loop, "two").ready());
  EXPECT_EQ(stored(), "(none)");
  EXPECT_TRUE(growth->complete(*loop, 1));
  EXPECT_EQ(stored(), "one two");
}

TEST_F(GrowthTest, WhatIsStoredCountsAsUsedThen) {
  begin();
  EXPECT_TRUE(growth->complete(*loop, 7));
  EXPECT_EQ(store.find(key(), none, 0).entry->used, 7u) << "or it is the first to go by LRU";
}

TEST_F(GrowthTest, EachReaderGetsAllAtItsOwnSpeed) {
  const std::string bytes = some_bytes(300'000);
  begin(much, bytes.size());
  const auto early = follow();
  Read first, second;
  tasks.start(read_all(*early, first));
  EXPECT_TRUE(growth->append(*loop, std::string_view(bytes).substr(0, 100'000)).ready());
  const auto late = follow();
  EXPECT_TRUE(growth->append(*loop, std::string_view(bytes).substr(100'000)).ready());
  EXPECT_TRUE(growth->complete(*loop, 1));
  tasks.start(read_all(*late, second));
  run_until(first.over);
  EXPECT_EQ(first.bytes, bytes);
  EXPECT_EQ(second.bytes, bytes);
  EXPECT_TRUE(early->ended() && late->ended());
  EXPECT_EQ(stored(), bytes);
}

TEST_F(GrowthTest, WhatBreaksOffIsNotStoredAndNotWhole) {
  begin();
  const auto reader = follow();
  EXPECT_TRUE(growth->append(*loop, "half").ready());
  growth->break_off(*loop);
  EXPECT_FALSE(reader->ended());
  Read read;
  tasks.start(read_all(*reader, read));
  EXPECT_EQ(read.bytes, "half");
  EXPECT_TRUE(read.broke_off);
  EXPECT_EQ(stored(), "(none)");
}

TEST_F(GrowthTest, WhatIsTooLargePassesAtThePaceOfItsSlowestReader) {
  const std::string bytes = some_bytes(2 * much);
  begin(100'000);
  const auto quick = follow(), slow = follow();
  Read first, second;
  std::size_t written = 0;
  tasks.start(read_all(*quick, first));
  tasks.start(write(bytes, written, true));
  bool waits = false;
  tasks.start(see_it_stand(written, waits));
  run_until(waits);
  EXPECT_LT(written, much) << "nobody waits for the slow one";
  tasks.start(read_all(*slow, second));
  run_until(first.over);
  run_until(second.over);
  EXPECT_EQ(first.bytes, bytes);
  EXPECT_EQ(second.bytes, bytes);
  EXPECT_EQ(follow(), nullptr) << "its beginning has passed";
  EXPECT_EQ(stored(), "(none)");
}

TEST_F(GrowthTest, AReaderThatLeavesHoldsNobodyUp) {
  const std::string bytes = some_bytes(2 * much);
  begin(100'000);
  const auto quick = follow();
  auto slow = follow();
  Read read;
  std::size_t written = 0;
  tasks.start(read_all(*quick, read));
  tasks.start(write(bytes, written, true));
  slow.reset();
  run_until(read.over);
  EXPECT_EQ(read.bytes, bytes);
}

TEST_F(GrowthTest, WhatIsTooLargeAndReadByNobodyIsGivenUp) {
  begin(1000);
  const auto kept = append(some_bytes(2000));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().fault, Fault::cancelled);
  EXPECT_EQ(follow(), nullptr) << "it would break off for who comes now";
}

TEST_F(GrowthTest, WhatNoMemoryIsLeftForAndNobodyReadsIsGivenUpToo) {
  begin();
  std::vector<Piece*> all;
  while (Piece* const piece = store.take_piece(much)) all.push_back(piece);
  EXPECT_FALSE(append("some"));
  EXPECT_EQ(follow(), nullptr);
  for (Piece* const piece : all) store.give_pieces(piece);
}

/// Memory that is full of bodies of all sizes.
struct ManySizes : StoreTest {
  void fill_up() {
    constexpr std::array<std::size_t, 5> sizes{1500, 40'000, 120'000, 400'000, 1'000'000};
    open({.memory_bytes = 48u << 20, .entries = 100'000});
    Random random(5);
    for (std::uint64_t i = 0; store->stats().evicted < 2000; ++i) {
      ASSERT_TRUE(grow(i, sizes[random.below(sizes.size())]));
      for (int uses = 0; uses < 3; ++uses)  // so that they do not go in the order that they lie in
        if (const Pin entry = find(url_at(i - std::min(i, random.below(150)))))
          entry->touch(++tick);
    }
  }
  std::string_view url_at(std::uint64_t number) {
    return arena.copy("http://a/" + std::to_string(number));
  }
  bool grow(std::uint64_t number, std::size_t bytes) {
    arena.reset();
    Growth growth(*store, draft(url_at(number), store->purges()), bytes, bytes);
    return growth.append(*loop, std::string(bytes, 'x')).ready() && growth.complete(*loop, ++tick);
  }
  std::unique_ptr<EpollLoop> loop = EpollLoop::make(1).value();
  std::uint64_t tick = 0;
};

TEST_F(ManySizes, OneLargeBodyTakesThePlaceOfFew) {
  fill_up();
  const std::uint64_t before = store->stats().evicted;
  ASSERT_TRUE(grow(1'000'000, 4u << 20));
  EXPECT_LE(store->stats().evicted - before, 20u) << "13 have as many bytes";
}

/// One thread of a reader with a loop of its own.
Task<void> read_and_stop(Growth::Reader& reader, Read& read, EpollLoop& loop) {
  co_await read_all(reader, read);
  loop.stop();
}
void read_on_thread(const std::shared_ptr<Growth>& growth, std::uint64_t seed, Read& read,
                    std::atomic<int>& following) {
  const auto loop = EpollLoop::make(seed).value();
  const auto reader = Growth::follow(growth, *loop);
  ++following;
  runtime::Scope tasks(*loop);
  if (reader == nullptr) return;
  tasks.start(read_and_stop(*reader, read, *loop));
  if (!read.over) loop->run();
}

/// How a body goes that readers of several threads follow.
struct Course {
  std::uint64_t bytes_max;
  bool completes;
};
class GrowthOverThreads : public GrowthTest, public testing::WithParamInterface<Course> {};
INSTANTIATE_TEST_SUITE_P(Courses, GrowthOverThreads,
                         testing::Values(Course{much, true}, Course{much, false},
                                         Course{50'000, true}, Course{50'000, false}));

TEST_P(GrowthOverThreads, EveryReaderGetsTheSame) {
  const auto [bytes_max, completes] = GetParam();
  const std::string bytes = some_bytes(700'000);
  for (std::uint64_t round = 0; round < 10; ++round) {
    begin(bytes_max);
    std::array<Read, 3> reads;
    std::atomic<int> following = 0;
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < reads.size(); ++i)
      threads.emplace_back([&, i] { read_on_thread(growth, 10 * round + i, reads[i], following); });
    while (following < static_cast<int>(reads.size())) std::this_thread::yield();
    std::size_t written = 0;
    tasks.start(
        [](GrowthTest& test, std::string_view all, std::size_t& taken, bool whole) -> Task<void> {
          co_await test.write(all, taken, whole);
          test.loop->stop();
        }(*this, bytes, written, completes));
    loop->run();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(written, bytes.size());
    for (const Read& read : reads) {
      EXPECT_EQ(read.bytes == bytes, true) << read.bytes.size();
      EXPECT_EQ(read.broke_off, !completes);
    }
    const bool kept = completes && bytes_max >= bytes.size();
    EXPECT_EQ(stored() == (kept ? bytes : "(none)"), true);
    growth.reset();
  }
}

}  // namespace
}  // namespace minato::cache
