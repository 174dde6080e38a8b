#include "base/short_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace minato {
namespace {

TEST(ShortLock, OneAtATimeHoldsIt) {
  std::mutex mutex;
  int count = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 10'000; ++turn) {
        const ShortLock lock(mutex);
        ++count;
      }
    });
  threads.clear();
  EXPECT_EQ(count, 40'000);
}

TEST(ShortLock, WhoCameInVainForLongWaitsForWhoHoldsIt) {
  std::mutex mutex;
  bool entered = false;
  std::atomic<bool> comes = false;
  std::optional<std::jthread> other;
  {
    const ShortLock lock(mutex);
    other.emplace([&] {
      comes = true;
      comes.notify_one();
      const ShortLock late(mutex);
      entered = true;
    });
    comes.wait(false);  // then longer than anybody looks
    for (int look = 0; look < 100 * ShortLock::looks_max; ++look) detail::relax();
    EXPECT_FALSE(entered);
  }
  other.reset();
  EXPECT_TRUE(entered);
}

}  // namespace
}  // namespace minato
