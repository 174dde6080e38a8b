// Items in the order of a rank that only grows, without moving an item when its rank does: the
// least recorded rank is looked at first, and brought up to date before it is believed. As no
// recorded rank is above the true one, the first that is up to date is truly the least. Of up to
// `passed_over_max` items it is always found.
#pragma once

#include "base/assert.h"
#include "base/reserved_array.h"
#include "cache/evict/evictor.h"

namespace minato::cache {

/// `Rank` has `using Key` and `static Key of(const Item&)`, which only grows.
/// Cost: O(log n) an item that is added, removed, or was used since it was last looked at, and of
/// those `passed_over_max` at once.
template <class Rank>
class LazyHeap {
  using Key = typename Rank::Key;

 public:
  explicit LazyHeap(std::size_t items_max) : nodes_(items_max) {}

  void add(Item& item) {
    MINATO_ASSERT(count_ < nodes_.size());
    rise(count_++, {Rank::of(item), &item});
  }

  /// Where too many are passed over, the least of those.
  Item* take_least() {
    Node least{};
    for (std::size_t passed_over = 0; count_ > 0; ++passed_over) {
      const Node first = nodes_[0];
      const Node now{Rank::of(*first.item), first.item};
      const bool is_least = now.key == first.key;
      if (is_least || least.item == nullptr || now.key < least.key) least = now;
      if (is_least || passed_over == passed_over_max) break;
      sink(0, now);
    }
    if (least.item != nullptr) remove(*least.item);
    return least.item;
  }

  void remove(Item& item) {
    const std::size_t hole = item.place;
    MINATO_ASSERT(hole < count_ && nodes_[hole].item == &item);
    const Node last = nodes_[--count_];
    if (hole == count_) return;
    if (hole > 0 && last.key < nodes_[above(hole)].key)
      rise(hole, last);
    else
      sink(hole, last);
  }

  std::size_t memory_bytes() const { return nodes_.bytes(); }

 private:
  struct Node {
    Key key;
    Item* item;
  };
  static std::size_t above(std::size_t at) { return (at - 1) / 2; }

  void put(std::size_t at, const Node& node) {
    nodes_[at] = node;
    node.item->place = static_cast<std::uint32_t>(at);
  }
  void rise(std::size_t at, const Node& node) {
    for (; at > 0 && node.key < nodes_[above(at)].key; at = above(at)) put(at, nodes_[above(at)]);
    put(at, node);
  }
  void sink(std::size_t at, const Node& node) {
    for (std::size_t child = 2 * at + 1; child < count_; child = 2 * at + 1) {
      if (child + 1 < count_ && nodes_[child + 1].key < nodes_[child].key) ++child;
      if (!(nodes_[child].key < node.key)) break;
      put(at, nodes_[child]);
      at = child;
    }
    put(at, node);
  }

  ReservedArray<Node> nodes_;
  std::size_t count_ = 0;
};

/// A policy that is nothing but a rank.
template <class Rank>
class RankedEvictor final : public Evictor {
 public:
  explicit RankedEvictor(std::size_t items_max) : heap_(items_max) {}
  void add(Item& item) override { heap_.add(item); }
  Item* victim() override { return heap_.take_least(); }
  void remove(Item& item) override { heap_.remove(item); }
  std::size_t memory_bytes() const override { return heap_.memory_bytes(); }

 private:
  LazyHeap<Rank> heap_;
};

}  // namespace minato::cache
