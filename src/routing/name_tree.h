// Names within names: the labels of a host, the segments of a path. One hash table holds the edges
// of all trees, so that a step down costs the same whatever their number.
//
// Thread: built on one, then only read, by any number. Looking up never allocates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace minato::routing {

class NameTree {
 public:
  using Node = std::uint32_t;  // dense, from 0, in the order of adding
  static constexpr Node none = ~Node{0};

  /// `seed` keeps others from choosing names that collide.
  explicit NameTree(std::uint64_t seed) : seed_(seed), slots_(16) {}

  Node add_root();
  /// The child of that name, made where there is none yet.
  Node add(Node parent, std::string_view name);
  /// The child of that name, or none. Adds the slots it looked at to `*probes`, if given.
  Node find(Node parent, std::string_view name, unsigned* probes = nullptr) const;
  /// `none` for a root.
  Node parent(Node node) const { return entries_[node].parent; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Node parent;
    std::uint32_t name_at, name_size;  // in names_
  };
  /// A free one has node `none`. The tag is part of the hash: it spares most looks at other names.
  struct Slot {
    std::uint32_t tag = 0;
    Node node = none;
  };

  std::uint64_t hash(Node parent, std::string_view name) const;
  std::string_view name(const Entry& entry) const {
    return std::string_view(names_).substr(entry.name_at, entry.name_size);
  }
  Node append(Node parent, std::string_view name);
  void insert(std::uint64_t hash, Node node);
  void grow();

  std::uint64_t seed_;
  std::size_t longest_ = 0;  // name; a longer one is not even hashed
  std::vector<Entry> entries_;
  std::string names_;
  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t used_ = 0;
};

}  // namespace minato::routing
