#include "base/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace minato {
namespace {

TEST(Hash, TellsTextsOfEveryLengthApart) {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 40; ++size) {
    seen.insert(hash_bytes(std::string(size, '\0'), 1));
    seen.insert(hash_bytes(std::string(size, 'a') + "b", 1));
  }
  EXPECT_EQ(seen.size(), 80u);
}

TEST(Hash, DependsOnTheSeed) {
  for (const std::string_view text : {"", "a", "example.com", "a text of more than eight bytes"})
    EXPECT_NE(hash_bytes(text, 1), hash_bytes(text, 2)) << text;
}

TEST(Hash, SpreadsSimilarTextsOverItsLowBits) {
  std::array<int, 64> buckets{};
  for (int i = 0; i < 64'000; ++i) ++buckets[hash_bytes("host" + std::to_string(i), 3) % 64];
  for (const int count : buckets) EXPECT_NEAR(count, 1000, 200);
}

}  // namespace
}  // namespace minato
