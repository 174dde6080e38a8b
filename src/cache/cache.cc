#include "cache/cache.h"

namespace minato::cache {
namespace {

StoreLimits limits_of(const CacheOptions& options, std::size_t readers, std::uint64_t seed) {
  return {.memory_bytes = options.max_memory.count,
          .entries = options.capacity,
          .evictor = &evictors[static_cast<std::size_t>(options.type)],
          .readers = readers,
          .seed = seed};
}

}  // namespace

Cache::Cache(const CacheOptions& options, std::size_t readers, std::uint64_t seed)
    : store_(limits_of(options, readers, seed)),
      uncacheable_(options.service.collapse.uncacheable_memory),
      flights_(store_) {}

bool is_same_store(const CacheOptions& one, const CacheOptions& other) {
  return one.capacity == other.capacity && one.type == other.type &&
         one.max_memory == other.max_memory &&
         one.service.collapse.uncacheable_memory == other.service.collapse.uncacheable_memory;
}

}  // namespace minato::cache
