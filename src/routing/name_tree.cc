#include "routing/name_tree.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace minato::routing {
namespace {

std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

NameTree::Node NameTree::add_root() { return append(none, {}); }

NameTree::Node NameTree::add(Node parent, std::string_view name) {
  if (const Node known = find(parent, name); known != none) return known;
  const Node node = append(parent, name);
  if (++used_ * 2 > slots_.size()) grow();
  insert(hash(parent, name), node);
  return node;
}

NameTree::Node NameTree::find(Node parent, std::string_view wanted, unsigned* probes) const {
  if (wanted.size() > longest_) return none;
  const std::uint64_t h = hash(parent, wanted);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = h & mask;; at = (at + 1) & mask) {
    if (probes != nullptr) ++*probes;
    const Slot slot = slots_[at];
    if (slot.node == none) return none;
    if (slot.tag != tag_of(h)) continue;
    const Entry& entry = entries_[slot.node];
    if (entry.parent == parent && name(entry) == wanted) return slot.node;
  }
}

std::uint64_t NameTree::hash(Node parent, std::string_view name) const {
  return hash_bytes(name, seed_ + parent * 0x9e3779b97f4a7c15u);
}

NameTree::Node NameTree::append(Node parent, std::string_view name) {
  entries_.push_back(
      {parent, static_cast<std::uint32_t>(names_.size()), static_cast<std::uint32_t>(name.size())});
  names_ += name;
  longest_ = std::max(longest_, name.size());
  return static_cast<Node>(entries_.size() - 1);
}

void NameTree::insert(std::uint64_t hash, Node node) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].node != none) at = (at + 1) & mask;
  slots_[at] = {tag_of(hash), node};
}

void NameTree::grow() {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot slot : old) {
    if (slot.node == none) continue;
    const Entry& entry = entries_[slot.node];
    insert(hash(entry.parent, name(entry)), slot.node);
  }
}

}  // namespace minato::routing
