// Free things of a pool, the one that came last on top, and which of them nobody needs any more.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace minato {

/// Tells apart what was used since `age` and what has lain here all the time.
template <class T>
class FreeStack {
 public:
  bool empty() const { return used_.empty() && unused_.empty(); }
  std::size_t size() const { return used_.size() + unused_.size(); }
  void push(T one) { used_.push_back(std::move(one)); }
  /// What was used, first; not where `empty`.
  T pop() { return take(used_.empty() ? unused_ : used_); }

  bool has_unused() const { return !unused_.empty(); }
  /// What was not; only where `has_unused`.
  T pop_unused() { return take(unused_); }
  /// From here on all that is here counts as unused. Once nothing else does.
  void age() { unused_.swap(used_); }

 private:
  static T take(std::vector<T>& from) {
    T top = std::move(from.back());
    from.pop_back();
    return top;
  }

  std::vector<T> used_, unused_;
};

}  // namespace minato
