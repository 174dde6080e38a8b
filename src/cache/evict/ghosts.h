// Remembers the hashes of what went lately, `limit` of them at most.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

namespace minato::cache {

class Ghosts {
 public:
  /// Forgets the oldest beyond `limit`.
  void add(std::uint64_t hash, std::size_t limit) {
    order_.push_back(hash);
    ++known_[hash];
    while (order_.size() > limit) forget_oldest();
  }
  /// True where it is remembered; it is forgotten then.
  bool take(std::uint64_t hash) { return known_.erase(hash) > 0; }
  std::size_t memory_bytes() const {
    return order_.size() * sizeof(std::uint64_t) + known_.bucket_count() * sizeof(void*) +
           known_.size() * (sizeof(std::pair<std::uint64_t, std::uint32_t>) + 2 * sizeof(void*));
  }

 private:
  void forget_oldest() {
    const auto found = known_.find(order_.front());
    order_.pop_front();
    if (found != known_.end() && --found->second == 0) known_.erase(found);
  }

  std::deque<std::uint64_t> order_;  // oldest first; what was taken stands there until its turn
  // How often each was added since it was taken last. Where it was taken, its old place in `order_`
  // counts as the first of those, so that it is forgotten before its turn: to find it there would
  // cost more than it is worth.
  std::unordered_map<std::uint64_t, std::uint32_t> known_;
};

}  // namespace minato::cache
