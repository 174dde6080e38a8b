// Which entries carry a tag: lists through the entries themselves.
#pragma once

#include "base/reserved_array.h"
#include "cache/store/entry.h"

namespace minato::cache {

/// Thread: whoever holds the lock of the store.
class TagIndex {
 public:
  /// `buckets` is a power of two.
  explicit TagIndex(std::size_t buckets) : heads_(buckets) {}

  void add(Entry& entry) {
    for (TagNode& node : entry.tags) {
      TagNode*& head = heads_[node.hash & (heads_.size() - 1)];
      node.next = head;
      node.link = &head;
      if (head != nullptr) head->link = &node.next;
      head = &node;
    }
  }

  void remove(Entry& entry) {
    for (TagNode& node : entry.tags) {
      if (node.link == nullptr) continue;
      *node.link = node.next;
      if (node.next != nullptr) node.next->link = node.link;
      node.link = nullptr;
    }
  }

  /// Calls `visit(Entry&)`, which may remove that entry and no other. False where it stopped since
  /// there are more in the list, of this tag or others, than `nodes_max`.
  template <class Visit>
  bool for_each(std::uint64_t hash, Visit visit, std::size_t nodes_max) {
    for (TagNode* node = heads_[hash & (heads_.size() - 1)]; node != nullptr;) {
      if (nodes_max-- == 0) return false;
      TagNode* const next = node->next;
      if (node->hash == hash) visit(*node->entry);
      node = next;
    }
    return true;
  }

  /// The memory of `count` buckets from `first` on, which begins a page, goes back to the system:
  /// only while there are no entries.
  void give_up(std::size_t first, std::size_t count) const { heads_.renew(&heads_[first], count); }
  std::size_t bytes() const { return heads_.bytes(); }

 private:
  ReservedArray<TagNode*> heads_;
};

}  // namespace minato::cache
