#include "cache/cache.h"

namespace minato::cache {
namespace {

/// What only saves waiting does not take the room of what is stored.
constexpr std::size_t uncacheable_share = 16;

StoreLimits limits_of(const CacheOptions& options, const Uncacheable& uncacheable,
                      std::size_t readers, std::uint64_t seed) {
  return {.memory_bytes = options.max_memory.count,
          .memory_bytes_elsewhere = uncacheable.memory_bytes(),
          .entries = options.capacity,
          .evictor = &evictors[static_cast<std::size_t>(options.type)],
          .readers = readers,
          .seed = seed};
}

}  // namespace

Cache::Cache(const CacheOptions& options, std::size_t readers, std::uint64_t seed)
    : uncacheable_(options.service.collapse.uncacheable_memory,
                   options.max_memory.count / uncacheable_share),
      store_(limits_of(options, uncacheable_, readers, seed)),
      flights_(store_) {}

bool is_same_store(const CacheOptions& one, const CacheOptions& other) {
  return one.capacity == other.capacity && one.type == other.type &&
         one.max_memory == other.max_memory &&
         one.service.collapse.uncacheable_memory == other.service.collapse.uncacheable_memory;
}

}  // namespace minato::cache
