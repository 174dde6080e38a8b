#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <vector>

#include "base/arena.h"
#include "base/block_pool.h"
#include "base/frame_pool.h"
#include "base/pipe_pool.h"

namespace minato {
namespace {

TEST(BlockPool, RoundsUpAndHandsTheSameBlockOutAgain) {
  BlockPool pool;
  char* first = nullptr;
  {
    Block block = pool.take(5000);
    EXPECT_EQ(block.size(), 8192u);
    EXPECT_EQ(pool.lent_bytes(), 8192u);
    first = block.data();
  }
  EXPECT_EQ(pool.lent_bytes(), 0u);
  EXPECT_EQ(pool.take(8192).data(), first);
}

TEST(BlockPool, KeepsNoMoreThanItsBound) {
  BlockPool pool(8192);
  Block a = pool.take(4096), b = pool.take(4096), c = pool.take(4096);
  a.release(), b.release(), c.release();  // the third is freed; the leak checker sees it otherwise
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST(PipePool, HandsAnEmptyPipeOutAgainAndNoneWithBytesInIt) {
  PipePool pool;
  Pipe first = pool.take(), second = pool.take();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(pool.lent(), 2u);
  const int kept = first.in();
  ASSERT_EQ(::write(second.in(), "x", 1), 1);
  second.put(1);
  second = {};
  first = {};
  EXPECT_EQ(pool.lent(), 0u);
  EXPECT_EQ(pool.take().in(), kept);
  const Pipe again = pool.take(), other = pool.take();
  for (const Pipe* const pipe : {&again, &other}) {
    char byte = 0;
    EXPECT_EQ(pipe->held(), 0u);
    EXPECT_EQ(::read(pipe->out(), &byte, 1), -1) << "what was left in a pipe came out of another";
  }
}

TEST(PipePool, APipeTellsWhetherMoreFollowsOfWhatIsLent) {
  const std::string much(2 * PipePool::pipe_bytes, 'x');
  PipePool pool;
  {
    Pipe pipe = pool.take();
    const std::size_t lent = pipe.lend(much);
    EXPECT_GT(lent, 0u);
    EXPECT_LT(lent, much.size());
    EXPECT_EQ(pipe.held(), lent);
    EXPECT_TRUE(pipe.more_follows());
    std::string seen(lent, '\0');
    EXPECT_EQ(::read(pipe.out(), seen.data(), lent), std::ssize(seen));
    pipe.taken(lent);
  }
  Pipe pipe = pool.take();
  EXPECT_FALSE(pipe.more_follows());
  EXPECT_EQ(pipe.lend(std::string_view(much).substr(0, 10)), 10u);
  EXPECT_FALSE(pipe.more_follows());
}

TEST(PipePool, LendsNoMoreThanItsBound) {
  PipePool pool;
  std::vector<Pipe> lent;
  for (std::uint32_t i = 0; i < PipePool::pipes_max; ++i) lent.push_back(pool.take());
  EXPECT_TRUE(lent.back());
  EXPECT_FALSE(pool.take());
  lent.pop_back();
  EXPECT_TRUE(pool.take());
}

TEST(PipePool, HasNoneWhereDescriptorsAreOutAndAsksAgainAfterAWhile) {
  PipePool pool;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_FALSE(pool.take());
  ::setrlimit(RLIMIT_NOFILE, &before);
  int takes = 1;
  while (!pool.take() && takes < 10'000) ++takes;
  EXPECT_GT(takes, 100);
  EXPECT_LT(takes, 10'000);
}

TEST(PipePool, KeepsAFewAndOtherwiseAsManyAsAreLent) {
  PipePool pool;
  std::vector<Pipe> lent;
  for (int i = 0; i < 100; ++i) lent.push_back(pool.take());
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto all = open_files();
  lent.clear();
  EXPECT_GE(all - open_files(), 2 * (100 - 50));
  EXPECT_LT(all - open_files(), 2 * 100);
}

/// The smallest that a user without privileges is lent, when he has all that he may have.
int smallest_pipe_of_nobody() {
  if (::geteuid() == 0 && ::setuid(65534) != 0) return 0;
  std::array<PipePool, 4> pools;
  std::vector<Pipe> pipes;
  int smallest = std::numeric_limits<int>::max();
  for (PipePool& pool : pools)
    while (Pipe pipe = pool.take()) {
      smallest = std::min(smallest, ::fcntl(pipe.in(), F_GETPIPE_SZ));
      pipes.push_back(std::move(pipe));
    }
  return smallest;
}

TEST(PipePool, LendsNoneThatIsTooSmallToBeWorthIt) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(smallest_pipe_of_nobody() >= 64 << 10 ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Arena, JoinsAndAlignsAcrossBlocks) {
  BlockPool pool;
  Arena arena(pool);
  EXPECT_EQ(arena.join("a", "", "bc"), "abc");
  const auto numbers = arena.array<std::uint64_t>(3000);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers.data()) % alignof(std::uint64_t), 0u);
  EXPECT_EQ(numbers[2999], 0u);
  const auto copy = arena.copy("still here");
  EXPECT_EQ(copy, "still here");
  arena.reset();
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST(BlockPool, KeepsAsMuchAsIsLentAndLittleOnceNothingIs) {
  constexpr std::size_t little = 64u << 10;
  BlockPool pool(little);
  std::vector<Block> lent;
  for (int i = 0; i < 100; ++i) lent.push_back(pool.take(i % 2 == 0 ? 16384 : 4096));
  const std::size_t all = pool.lent_bytes();
  lent.resize(50);
  EXPECT_EQ(pool.kept_bytes(), all / 2);  // all that came back
  for (int i = 0; i < 50; ++i) lent.push_back(pool.take(i % 2 == 0 ? 16384 : 4096));
  EXPECT_EQ(pool.kept_bytes(), 0u);
  for (; !lent.empty(); lent.pop_back())
    ASSERT_LE(pool.kept_bytes(), std::max(little, pool.lent_bytes()));
  EXPECT_LE(pool.kept_bytes(), little);
  EXPECT_GT(pool.kept_bytes(), 0u);
}

TEST(BlockPool, GivesBackWhatWasNotUsedSinceItAged) {
  BlockPool pool;
  std::vector<Block> lent;
  for (int i = 0; i < 100; ++i) lent.push_back(pool.take(4096));
  lent.clear();
  EXPECT_EQ(pool.free_unused(1u << 20), 0u);  // all of them were
  pool.age();
  for (int i = 0; i < 30; ++i) lent.push_back(pool.take(4096));
  lent.resize(10);
  EXPECT_EQ(pool.free_unused(4096), 4096u);
  while (pool.free_unused(4096) > 0) {
  }
  EXPECT_EQ(pool.kept_bytes(), 20u * 4096);
}

TEST(PipePool, ClosesWhatWasNotUsedSinceItAged) {
  PipePool pool;
  {
    const Pipe first = pool.take(), second = pool.take();
  }
  pool.close_unused();
  pool.age();
  int used = 0;
  {
    const Pipe pipe = pool.take();
    used = pipe.in();
  }
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_files();
  pool.close_unused();
  EXPECT_EQ(before - open_files(), 2);
  EXPECT_EQ(pool.take().in(), used);
}

#ifndef MINATO_SANITIZED  // where every frame comes from the allocator
TEST(FramePool, GivesBackWhatWasNotUsedSinceItAged) {
  constexpr std::size_t size = 640;
  const auto use = [](std::size_t count) {
    std::vector<void*> frames;
    for (std::size_t i = 0; i < count; ++i) frames.push_back(allocate_frame(size));
    for (void* const frame : frames) free_frame(frame, size);
  };
  const auto free_all = [] {
    std::size_t bytes = 0;
    while (const std::size_t some = free_unused_frames(7)) bytes += some;
    return bytes;
  };
  for (int round = 0; round < 2; ++round) free_all(), age_frames();  // what other tests left
  use(100);
  EXPECT_EQ(free_all(), 0u);
  age_frames();
  use(30);
  EXPECT_EQ(free_all(), 70u * size);
  age_frames();
  EXPECT_EQ(free_all(), 30u * size);
}
#endif

}  // namespace
}  // namespace minato
