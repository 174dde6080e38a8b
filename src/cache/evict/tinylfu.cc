// W-TinyLFU (Einziger et al., ACM ToS 2017): new items wait in a small window; what leaves it must
// have been asked for more often than what would leave the main part, or go. The main part keeps
// what was used again apart from what was not. Measured in bytes.
#include <utility>

#include "cache/evict/evictor.h"
#include "cache/evict/sketch.h"

namespace minato::cache {
namespace {

// Ten times the paper's: of the sizes tried on seven traces the one that is nowhere far from the
// best.
constexpr std::uint64_t window_percent = 10;
constexpr std::uint64_t protected_percent = 80;  // of the main part

enum Part : std::uint32_t { window, probation, shielded };

class TinyLfu final : public Evictor {
 public:
  explicit TinyLfu(std::size_t items_max) : sketch_(items_max) {}

  void add(Item& item) override {
    sketch_.make_room_for(++count_);
    sketch_.add(item.hash);
    item.seen_hits = item.hits.load(std::memory_order_relaxed);
    // Nothing had to go for this one: there is room in the main part for what the window is over.
    passed_over_ = 0;
    while (window_is_over()) move(*oldest(window), probation);
    enter(item, window);
  }

  Item* victim() override {
    if (count_ == 0) return nullptr;
    passed_over_ = 0;
    if (main_is_empty()) return take(*oldest(window));
    return window_is_full() ? loser(*oldest(window)) : take(*oldest_of_main());
  }

  void remove(Item& item) override { (void)take(item); }
  std::size_t memory_bytes() const override { return sketch_.memory_bytes(); }

 private:
  std::uint64_t total() const { return bytes_[window] + bytes_[probation] + bytes_[shielded]; }
  bool window_is_full() const { return bytes_[window] * 100 >= total() * window_percent; }
  bool window_is_over() const { return bytes_[window] * 100 > total() * window_percent; }
  bool main_is_empty() const { return bytes_[probation] + bytes_[shielded] == 0; }

  void enter(Item& item, Part part) {
    item.place = part;
    parts_[part].push_back(item);
    bytes_[part] += item.bytes;
  }
  void leave(Item& item) {
    item.unlink();
    bytes_[item.place] -= item.bytes;
  }
  void move(Item& item, Part part) {
    leave(item);
    enter(item, part);
  }
  Item* take(Item& item) {
    leave(item);
    --count_;
    return &item;
  }

  /// Counts the uses since it was last looked at; true where there were any.
  bool count_uses(Item& item) {
    const std::uint32_t hits = item.hits.load(std::memory_order_relaxed);
    const std::uint32_t fresh = hits - std::exchange(item.seen_hits, hits);
    sketch_.add(item.hash, std::min(fresh, Sketch::count_max));
    return fresh > 0;
  }

  /// The first of a part that was not used since it was last looked at; those that were go to where
  /// use takes them, unless too many did.
  Item* oldest(Part part) {
    while (!parts_[part].empty()) {
      Item& first = parts_[part].front();
      if (!count_uses(first) || passed_over_ == passed_over_max) return &first;
      ++passed_over_;
      move(first, part == probation ? shielded : part);
      shrink_shielded();
    }
    return nullptr;
  }
  /// Main is not empty. A look at the shielded ones may leave all of it in probation.
  Item* oldest_of_main() {
    for (;;) {
      if (Item* const item = oldest(probation)) return item;
      if (Item* const item = oldest(shielded)) return item;
    }
  }
  void shrink_shielded() {
    while (bytes_[shielded] * 100 > (bytes_[shielded] + bytes_[probation]) * protected_percent) {
      Item& first = parts_[shielded].front();
      move(first, count_uses(first) ? shielded : probation);
      if (first.place == shielded) break;  // one look a step bounds the work
    }
  }

  /// Of the item that leaves the window and the one that would leave the main part, the one that is
  /// asked for less; the other one stays, in the main part. Of equals the newer stays: uses of what
  /// is settled are counted when it is looked at, so that it is never behind.
  Item* loser(Item& candidate) {
    Item& settled = *oldest_of_main();
    if (sketch_.estimate(candidate.hash) < sketch_.estimate(settled.hash)) return take(candidate);
    move(candidate, probation);
    return take(settled);
  }

  std::array<IntrusiveList<Item>, 3> parts_;  // oldest in front
  std::array<std::uint64_t, 3> bytes_{};
  std::size_t count_ = 0;
  std::size_t passed_over_ = 0;  // for the victim that is looked for
  Sketch sketch_;
};

}  // namespace

std::unique_ptr<Evictor> make_tinylfu(std::size_t items_max) {
  return std::make_unique<TinyLfu>(items_max);
}

}  // namespace minato::cache
