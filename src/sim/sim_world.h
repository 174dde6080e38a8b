// Several loops, one virtual clock and one network, on one thread. Who runs next among those that
// can is drawn from the seed, so that one seed is one interleaving, and the same seed the same one.
#pragma once

#include <memory>
#include <vector>

#include "sim/sim_loop.h"
#include "sim/wire.h"

namespace minato::sim {

/// Owns:    its loops and the wire between them.
/// Outlive: tasks, timers and streams of its loops die before it (asserted by the timers).
class SimWorld final : private Agenda {
 public:
  explicit SimWorld(std::uint64_t seed);
  SimWorld(const SimWorld&) = delete;
  SimWorld& operator=(const SimWorld&) = delete;
  ~SimWorld();

  /// A loop of its own: a worker, the control thread, the clients' machine.
  SimLoop& add_loop();
  Wire& wire() { return wire_; }
  Random& random() { return random_; }
  Instant now() const override { return now_; }

  /// Until every task waits for time or for a peer. The clock stands still.
  void run_until_idle();
  /// Moves the clock by `span`; what falls due on the way happens at its time.
  void advance(Nanos span);
  /// Until `done()`, moving the clock as needed. False where it is not so after `at_most`, or where
  /// nothing more can happen.
  template <class Done>
  bool run_until(Done done, Nanos at_most);

 private:
  struct Event {
    Instant at;
    std::uint64_t order;
    runtime::Job job;
    /// Of a heap whose first is the next.
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  void at(Instant when, runtime::Job job) override;

  /// Lets one of those that can run do so. False where none can at this moment.
  bool step();
  void run_event();
  /// Moves the clock to the next moment at which something is due. False where it is after `limit`.
  bool move_on(Instant limit);
  void set_clock(Instant now);

  Random random_;
  Instant now_;
  std::vector<Event> events_;  // a heap
  std::uint64_t ordered_ = 0;
  std::uint64_t steps_here_ = 0;  // since the clock moved
  std::vector<std::unique_ptr<SimLoop>> loops_;
  std::vector<SimLoop*> ready_;  // of one step; kept for its memory
  Wire wire_;
};

template <class Done>
bool SimWorld::run_until(Done done, Nanos at_most) {
  const Instant limit = now_ + at_most;
  while (!done())
    if (!step() && !move_on(limit)) return false;
  return true;
}

}  // namespace minato::sim
