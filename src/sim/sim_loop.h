// A loop without a thread or a kernel: a SimWorld gives it turns and its time.
#pragma once

#include "runtime/loop.h"

namespace minato::sim {

/// Something that a loop is to hear of in its next turn, once however often it is stirred before:
/// the edge of an edge-triggered poll. Destroying it takes it off.
class Edge : public ListLink {
 public:
  /// As Watcher::hear: before anything of the turn is delivered.
  virtual void hear() {}
  virtual void deliver() = 0;

 protected:
  ~Edge() = default;
};

class SimLoop final : public runtime::Loop {
 public:
  explicit SimLoop(std::uint64_t seed) : Loop(seed) {}

  /// Has `edge` delivered in the next turn, never before this returns.
  void stir(Edge& edge) {
    if (!edge.linked()) edges_.push_back(edge);
  }

  /// Reads and writes of its streams, each of which is a system call elsewhere.
  std::uint64_t calls() const { return calls_; }
  void count_call() { ++calls_; }

  using Loop::set_crowded;
  void set_clock(Instant now, WallTime wall) { set_time(now, wall); }
  /// True where a turn would do something without the clock moving.
  bool has_work();
  /// What EpollLoop does in a turn, in its order.
  void run_turn();

 private:
  void wake() override {}

  IntrusiveList<Edge> edges_;
  std::uint64_t calls_ = 0;
};

}  // namespace minato::sim
