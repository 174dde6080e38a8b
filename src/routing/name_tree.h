// Names within names: the labels of a host, the segments of a path. One hash table holds the edges
// of all trees, so that a step down costs the same whatever their number: a slot and a node.
//
// Thread: built on one, then only read, by any number. Looking up never allocates.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace minato::routing {

/// `Value` hangs on every node.
template <class Value>
class NameTree {
 public:
  using Node = std::uint32_t;  // dense, from 0, in the order of adding
  static constexpr Node none = ~Node{0};

  /// `seed` keeps others from choosing names that collide.
  explicit NameTree(std::uint64_t seed) : seed_(seed), slots_(16) {}

  Node add_root() { return append(none, {}); }
  /// The child of that name, made where there is none yet.
  Node add(Node parent, std::string_view name) {
    if (const Node known = find(parent, name); known != none) return known;
    const Node node = append(parent, name);
    entries_[parent].has_children = true;
    if (++used_ * 2 > slots_.size()) grow();
    insert(hash(parent, name), node);
    return node;
  }

  /// The child of that name, or none. Adds the slots it looked at to `*probes`, if given.
  Node find(Node parent, std::string_view name, unsigned* probes = nullptr) const;

  Value& value(Node node) { return entries_[node].value; }
  const Value& value(Node node) const { return entries_[node].value; }

 private:
  static constexpr std::size_t head_bytes = 32;

  /// One cache line, for values of up to 16 bytes and names that fit.
  struct Entry {
    Node parent;
    std::uint32_t size;     // of the name
    std::uint32_t rest_at;  // in rests_: what of it has no room in `head`
    bool has_children = false;
    std::array<char, head_bytes> head{};
    Value value{};
  };
  /// A free one has node `none`. The tag is part of the hash: it spares most looks at other nodes.
  struct Slot {
    std::uint32_t tag = 0;
    Node node = none;
  };

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  std::uint64_t hash(Node parent, std::string_view name) const {
    return hash_bytes(name, seed_ + parent * 0x9e3779b97f4a7c15u);
  }
  std::string_view head(const Entry& entry) const {
    return {entry.head.data(), std::min<std::size_t>(entry.size, head_bytes)};
  }
  std::string_view rest(const Entry& entry) const {
    return std::string_view(rests_).substr(entry.rest_at, entry.size - head(entry).size());
  }
  bool has_name(const Entry& entry, std::string_view name) const {
    return entry.size == name.size() &&
           std::memcmp(entry.head.data(), name.data(), std::min(name.size(), head_bytes)) == 0 &&
           (name.size() <= head_bytes || rest(entry) == name.substr(head_bytes));
  }

  Node append(Node parent, std::string_view name);
  void insert(std::uint64_t hash, Node node);
  void grow();

  std::uint64_t seed_;
  std::size_t longest_ = 0;  // name; a longer one is not even hashed
  std::vector<Entry> entries_;
  std::string rests_;
  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t used_ = 0;
};

template <class Value>
auto NameTree<Value>::find(Node parent, std::string_view name, unsigned* probes) const -> Node {
  if (!entries_[parent].has_children || name.size() > longest_) return none;
  const std::uint64_t wanted = hash(parent, name);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = wanted & mask;; at = (at + 1) & mask) {
    if (probes != nullptr) ++*probes;
    const Slot slot = slots_[at];
    if (slot.node == none) return none;
    if (slot.tag != tag_of(wanted)) continue;
    const Entry& entry = entries_[slot.node];
    if (entry.parent == parent && has_name(entry, name)) return slot.node;
  }
}

template <class Value>
auto NameTree<Value>::append(Node parent, std::string_view name) -> Node {
  Entry& made = entries_.emplace_back(parent, static_cast<std::uint32_t>(name.size()),
                                      static_cast<std::uint32_t>(rests_.size()));
  std::ranges::copy(name.substr(0, head_bytes), made.head.begin());
  if (name.size() > head_bytes) rests_ += name.substr(head_bytes);
  longest_ = std::max(longest_, name.size());
  return static_cast<Node>(entries_.size() - 1);
}

template <class Value>
void NameTree<Value>::insert(std::uint64_t hash, Node node) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].node != none) at = (at + 1) & mask;
  slots_[at] = {tag_of(hash), node};
}

template <class Value>
void NameTree<Value>::grow() {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot slot : old) {
    if (slot.node == none) continue;
    const Entry& entry = entries_[slot.node];
    const std::string name = std::string(head(entry)).append(rest(entry));
    insert(hash(entry.parent, name), slot.node);
  }
}

}  // namespace minato::routing
