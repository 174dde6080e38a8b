#include "cache/store/region.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/pipe_pool.h"
#include "base/random.h"
#include "base/testing.h"

namespace minato::cache {
namespace {

constexpr std::size_t mebibyte = 1u << 20;

TEST(Region, GivesAllOfItAndNotMore) {
  Region region(2 * mebibyte);
  char* const first = region.take(mebibyte);
  char* const second = region.take(mebibyte);
  ASSERT_NE(first, nullptr);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(region.take(1), nullptr);
  EXPECT_EQ(region.used_bytes(), region.size_bytes());
}

TEST(Region, TakesNoMoreThanAGrainBeyondWhatWasAskedFor) {
  Region region(mebibyte);
  ASSERT_NE(region.take(65), nullptr);
  EXPECT_EQ(region.used_bytes(), 2 * Region::grain_bytes);
}

TEST(Region, GivesWholePagesAmongOtherPieces) {
  Region region(4 * mebibyte);
  const std::size_t page = region.page_bytes();
  Random random(1);
  std::vector<std::pair<char*, std::size_t>> held;
  const auto begins_page = [&](const char* at) {
    return reinterpret_cast<std::uintptr_t>(at) % page == 0;
  };
  for (int i = 0; i < 10'000; ++i) {
    if (held.size() > 20) {
      const std::size_t number = random.below(held.size());
      region.give(held[number].first, held[number].second);
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(number));
    }
    const std::size_t bytes = 1 + random.below(200'000);
    const bool in_pages = random.one_in(2);
    char* const at = in_pages ? region.take_pages(bytes) : region.take(bytes);
    if (at == nullptr) continue;
    EXPECT_TRUE(!in_pages || begins_page(at));
    held.emplace_back(at, in_pages ? region.paged(bytes) : bytes);
    for (const auto& [other, size] : held)
      EXPECT_TRUE(other == at || other + size <= at || at + held.back().second <= other);
  }
  for (const auto& [at, bytes] : held) region.give(at, bytes);
  EXPECT_EQ(region.used_bytes(), 0u);
}

TEST(Region, GivesTheLargestPieceInPagesWhereverItsHoleBegins) {
  Region region(3 * mebibyte);
  ASSERT_NE(region.take(100), nullptr);
  EXPECT_NE(region.take_pages(mebibyte), nullptr);
  EXPECT_NE(region.take_pages(mebibyte), nullptr);
  EXPECT_EQ(region.take_pages(mebibyte), nullptr);
}

TEST(Region, WhoeverLooksAtPagesThatAreRenewedKeepsThem) {
  Region region(mebibyte);
  const std::size_t size = 4 * region.page_bytes();
  char* const pages = region.take_pages(size);
  std::memset(pages, 'a', size);
  PipePool pool;
  Pipe pipe = pool.take();
  ASSERT_EQ(pipe.lend({pages, size}), size);
  EXPECT_EQ(pipe.held(), size);
  region.renew(pages, size);
  std::memset(pages, 'b', size);
  std::string seen(size, '\0');
  EXPECT_EQ(::read(pipe.out(), seen.data(), size), static_cast<ssize_t>(size));
  pipe.taken(size);
  EXPECT_EQ(seen, std::string(size, 'a'));
}

TEST(Region, WhatWasNeverNeededTakesNoMemory) {
  const std::size_t before = resident_bytes();
  Region region(std::size_t{1} << 36);  // of which a page each MiB would be 256 MiB
  ASSERT_NE(region.take(100), nullptr);
  EXPECT_LT(resident_bytes(), before + 4 * mebibyte);
}

TEST(Region, WhatIsGivenUpTakesNoMemoryAnyMore) {
  Region region(16 * mebibyte);
  std::vector<char*> pieces;
  while (char* const piece = region.take(10'000)) {
    std::memset(piece, 'x', 10'000);
    pieces.push_back(piece);
  }
  char* const kept = pieces.back();
  pieces.pop_back();
  for (char* const piece : pieces) region.give(piece, 10'000);
  const std::size_t before = resident_bytes();
  while (region.give_up_some()) {
  }
  EXPECT_LT(resident_bytes() + 15 * mebibyte, before);
  EXPECT_EQ(region.take_pages(Region::piece_bytes_max), nullptr);
  EXPECT_EQ(std::string_view(kept, 10'000), std::string(10'000, 'x'));
}

TEST(Region, JoinsNeighboursThatAreFreeAgain) {
  Region region(mebibyte);
  std::vector<char*> pieces;
  while (char* const piece = region.take(1000)) pieces.push_back(piece);
  EXPECT_GT(pieces.size(), 1000u);
  for (char* const piece : pieces) region.give(piece, 1000);
  EXPECT_EQ(region.used_bytes(), 0u);
  EXPECT_NE(region.take(mebibyte), nullptr);
}

TEST(Region, TakesTheEndOfAPieceBack) {
  Region region(mebibyte);
  char* const piece = region.take(mebibyte);
  region.give(piece + 4096, mebibyte - 4096);
  EXPECT_EQ(region.used_bytes(), 4096u);
  EXPECT_NE(region.take(mebibyte / 2), nullptr);
  region.give(piece, 4096);
}

TEST(Region, JoinsAHoleWithThoseOnBothSides) {
  Region region(mebibyte);
  std::vector<char*> pieces;
  while (char* const piece = region.take(1024)) pieces.push_back(piece);
  for (const std::size_t number : {10u, 12u, 11u}) region.give(pieces[number], 1024);
  EXPECT_EQ(region.take(3 * 1024), pieces[10]);
  EXPECT_EQ(region.take(1), nullptr);
}

/// Pieces of all sizes come and go where all is taken: what is lost to holes is little.
TEST(Region, HolesBetweenPiecesAreOfUse) {
  struct Piece {
    char* at;
    std::size_t bytes;
  };
  Region region(8 * mebibyte);
  Random random(3);
  std::vector<Piece> held;
  std::uint64_t used = 0;
  constexpr int rounds = 20'000;
  for (int round = 0; round < rounds; ++round) {
    const std::size_t bytes = 600 + random.below(random.one_in(5) ? 30'000 : 4'000);
    char* at = region.take(bytes);
    for (; at == nullptr; at = region.take(bytes)) {
      std::swap(held[random.below(held.size())], held.back());
      region.give(held.back().at, held.back().bytes);
      held.pop_back();
    }
    held.push_back({at, bytes});
    if (round >= rounds / 2) used += region.used_bytes();
  }
  EXPECT_GT(used / (rounds / 2), region.size_bytes() * 85 / 100);
}

TEST(Region, PiecesNeverOverlap) {
  struct Piece {
    char* at;
    std::size_t bytes;
    char mark;
  };
  Region region(4 * mebibyte);
  Random random(7);
  std::vector<Piece> held;
  const auto is_intact = [](const Piece& piece) {
    return std::all_of(piece.at, piece.at + piece.bytes, [&](char c) { return c == piece.mark; });
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t bytes = 1 + random.below(random.one_in(10) ? 100'000 : 2'000);
    const char mark = static_cast<char>(round);
    if (char* const at = random.one_in(2) ? region.take(bytes) : nullptr) {
      std::memset(at, mark, bytes);
      held.push_back({at, bytes, mark});
    } else if (!held.empty()) {
      std::swap(held[random.below(held.size())], held.back());
      ASSERT_TRUE(is_intact(held.back()));
      region.give(held.back().at, held.back().bytes);
      held.pop_back();
    }
  }
  for (const Piece& piece : held) region.give(piece.at, piece.bytes);
  EXPECT_EQ(region.used_bytes(), 0u);
}

}  // namespace
}  // namespace minato::cache
