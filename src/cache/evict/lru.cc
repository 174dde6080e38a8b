#include "cache/evict/lazy_heap.h"

namespace minato::cache {
namespace {

struct LastUse {
  using Key = std::uint64_t;
  static Key of(const Item& item) { return item.used.load(std::memory_order_relaxed); }
};

}  // namespace

std::unique_ptr<Evictor> make_lru(std::size_t items_max) {
  return std::make_unique<RankedEvictor<LastUse>>(items_max);
}

}  // namespace minato::cache
