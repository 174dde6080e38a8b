#include "cache/cache.h"

#include <gtest/gtest.h>

namespace minato::cache {
namespace {

TEST(Cache, WhatIsRememberedAsNotToBeStoredIsWithinTheMemory) {
  CacheOptions options{.max_memory = 64_MiB};
  const auto book_keeping = [&](std::uint32_t keys) {
    options.service.collapse.uncacheable_memory = keys;
    const Cache cache(options, 1, 0);
    return cache.store().stats().memory_bytes;
  };
  const std::uint64_t least = book_keeping(1);
  EXPECT_GE(book_keeping(500'000), least + 500'000 * sizeof(std::uint64_t) - (1u << 20))
      << "in place of some of the region's own, in units of 1 MiB";
  EXPECT_LE(book_keeping(100'000'000), (8_MiB).count);
}

/// A type is found by its number.
TEST(Cache, ATypeIsThePolicyOfItsName) {
  ASSERT_EQ(schema::choices<EvictionType>.size(), evictors.size());
  for (const auto& type : schema::choices<EvictionType>)
    EXPECT_EQ(evictors.at(static_cast<std::size_t>(type.value)).name, type.name);
}

}  // namespace
}  // namespace minato::cache
