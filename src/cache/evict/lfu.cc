#include <utility>

#include "cache/evict/lazy_heap.h"

namespace minato::cache {
namespace {

/// Of those that were used equally often the one that was not used for longest goes.
struct UseCount {
  using Key = std::pair<std::uint32_t, std::uint64_t>;
  static Key of(const Item& item) {
    return {item.hits.load(std::memory_order_relaxed), item.used.load(std::memory_order_relaxed)};
  }
};

}  // namespace

std::unique_ptr<Evictor> make_lfu(std::size_t items_max) {
  return std::make_unique<RankedEvictor<UseCount>>(items_max);
}

}  // namespace minato::cache
