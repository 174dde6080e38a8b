// S3-FIFO (Yang et al., SOSP 2023): a small queue that new items pass, a main queue for those that
// were used meanwhile, and the memory of those that were not. Measured in bytes, so that sizes
// count.
#include "cache/evict/evictor.h"
#include "cache/evict/ghosts.h"

namespace minato::cache {
namespace {

constexpr std::uint32_t frequency_max = 3;
/// Uses in the small queue that make an item worth keeping.
constexpr std::uint32_t worth_keeping = 2;
constexpr std::uint64_t small_percent = 10;

class Queue {
 public:
  void push(Item& item) {
    items_.push_back(item);
    bytes_ += item.bytes;
    ++count_;
  }
  Item& pop() {
    Item& first = *items_.pop_front();
    forget(first);
    return first;
  }
  void remove(Item& item) {
    item.unlink();
    forget(item);
  }
  bool empty() const { return count_ == 0; }
  std::uint64_t bytes() const { return bytes_; }
  std::size_t count() const { return count_; }

 private:
  void forget(const Item& item) {
    bytes_ -= item.bytes;
    --count_;
  }
  IntrusiveList<Item> items_;  // oldest in front
  std::uint64_t bytes_ = 0;
  std::size_t count_ = 0;
};

class S3Fifo final : public Evictor {
 public:
  explicit S3Fifo(std::size_t items_max) : ghosts_(items_max) {}

  void add(Item& item) override {
    item.seen_hits = item.hits.load(std::memory_order_relaxed);
    if (ghosts_.take(item.hash))
      enter(main_, item, in_main);
    else
      enter(small_, item, in_small);
  }

  Item* victim() override {
    for (std::size_t passed_over = 0; !small_.empty() || !main_.empty(); ++passed_over) {
      if (passed_over == passed_over_max) return &main_.pop();  // what was is there
      Item* const item = small_is_full() ? victim_of_small() : victim_of_main();
      if (item != nullptr) return item;
    }
    return nullptr;
  }

  void remove(Item& item) override { (item.place == in_small ? small_ : main_).remove(item); }
  std::size_t memory_bytes() const override { return ghosts_.memory_bytes(); }

 private:
  static constexpr std::uint32_t in_small = 0, in_main = 1;

  static void enter(Queue& queue, Item& item, std::uint32_t place) {
    item.place = place;
    queue.push(item);
  }
  /// Uses since it was last asked about, and not more than count.
  static std::uint32_t frequency(const Item& item) {
    return std::min(item.hits.load(std::memory_order_relaxed) - item.seen_hits, frequency_max);
  }

  bool small_is_full() const {
    return main_.empty() ||
           small_.bytes() * 100 >= (small_.bytes() + main_.bytes()) * small_percent;
  }

  Item* victim_of_small() {
    Item& oldest = small_.pop();
    if (frequency(oldest) < worth_keeping) {
      ghosts_.add(oldest.hash, main_.count() + small_.count());
      return &oldest;
    }
    oldest.seen_hits = oldest.hits.load(std::memory_order_relaxed);
    enter(main_, oldest, in_main);
    return nullptr;
  }

  Item* victim_of_main() {
    Item& oldest = main_.pop();
    const std::uint32_t uses = frequency(oldest);
    if (uses == 0) return &oldest;
    // One more stay for each use, and no use is counted twice.
    oldest.seen_hits = oldest.hits.load(std::memory_order_relaxed) - (uses - 1);
    enter(main_, oldest, in_main);
    return nullptr;
  }

  Queue small_, main_;
  Ghosts ghosts_;
};

}  // namespace

std::unique_ptr<Evictor> make_s3fifo(std::size_t items_max) {
  return std::make_unique<S3Fifo>(items_max);
}

}  // namespace minato::cache
