// Items in the order of a rank that only grows, without moving an item when its rank does: the
// least recorded rank is looked at first, and brought up to date before it is believed. As no
// recorded rank is above the true one, the first that is up to date is truly the least.
#pragma once

#include "base/assert.h"
#include "base/reserved_array.h"
#include "cache/evict/evictor.h"

namespace minato::cache {

/// `Rank` has `using Key` and `static Key of(const Item&)`, which only grows.
/// Cost: O(log n) an item that is added, removed, or was used since it was last looked at.
template <class Rank>
class LazyHeap {
  using Key = typename Rank::Key;

 public:
  explicit LazyHeap(std::size_t items_max) : nodes_(items_max) {}

  void add(Item& item) {
    MINATO_ASSERT(count_ < nodes_.size());
    rise(count_++, {Rank::of(item), &item});
  }

  Item* take_least() {
    if (count_ == 0) return nullptr;
    for (;;) {
      const Node first = nodes_[0];
      const Key key = Rank::of(*first.item);
      if (key == first.key) break;
      sink(0, {key, first.item});
    }
    Item* const least = nodes_[0].item;
    remove(*least);
    return least;
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
