#include "cache/cache.h"

#include <fmt/ranges.h>

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

std::string why_emptied(const CacheOptions& before, const CacheOptions& after) {
  if (!after.keep_on_reload) return "keep_on_reload is false";
  std::vector<std::string_view> changed;
  if (before.capacity != after.capacity) changed.emplace_back("capacity");
  if (before.type != after.type) changed.emplace_back("type");
  if (before.max_memory != after.max_memory) changed.emplace_back("max_memory");
  if (before.service.collapse.uncacheable_memory != after.service.collapse.uncacheable_memory)
    changed.emplace_back("collapse.uncacheable_memory");
  return changed.empty() ? "" : fmt::format("{} changed", fmt::join(changed, ", "));
}

}  // namespace minato::cache
