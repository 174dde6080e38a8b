// The fills of one worker, and how many of them may be under way that nobody waits for.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/intrusive_list.h"
#include "runtime/loop.h"

namespace minato::cache {

class Fill;

/// The place of a fill among those that nobody waits for: its leader left, or it never had one, and
/// nobody follows it.
struct Orphan final : ListLink {
  explicit Orphan(Fill& of) : fill(of) {}
  Fill& fill;
};

/// Outlive: the sites whose handlers they use are kept by them.
class Fills {
 public:
  /// Or clients that ask for one thing after another and leave would have an origin work on
  /// everything at once, and hold a connection to it for each, until it answers.
  static constexpr std::size_t orphans_max = 64;

  explicit Fills(runtime::Loop& loop) : loop_(loop) {}
  ~Fills() { cancel_all(); }
  runtime::Loop& loop() { return loop_; }
  void cancel_all();

  /// For one more that nobody waits for.
  bool has_room() { return count_orphans() < orphans_max; }

  /// A moment for Item::touch: later than all before it, on whichever worker.
  std::uint64_t next_tick() {
    const auto now = static_cast<std::uint64_t>(loop_.read_clock().time_since_epoch().count());
    return last_tick_ = std::max(last_tick_ + 1, now);  // where the clock stands still, too
  }

 private:
  friend class Fill;
  void add_orphan(Orphan& orphan);
  std::size_t count_orphans();
  Orphan& least_orphan();

  runtime::Loop& loop_;
  IntrusiveList<ListLink> running_;
  IntrusiveList<Orphan> orphans_;  // some have followers again, until they are counted
  std::uint64_t last_tick_ = 0;
};

}  // namespace minato::cache
