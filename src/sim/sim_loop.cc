#include "sim/sim_loop.h"

namespace minato::sim {

bool SimLoop::has_work() {
  return !edges_.empty() || has_turns() || !mailbox().empty() || timers().next() <= now();
}

void SimLoop::run_turn() {
  IntrusiveList<Edge> batch;
  batch.take_all(edges_);
  std::size_t count = 0;
  batch.for_each([&](Edge& edge) { edge.hear(), ++count; });
  set_crowded(count > 1);
  while (Edge* const edge = batch.pop_front()) edge->deliver();
  timers().fire(now());
  mailbox().run_all();
  run_turns();
}

}  // namespace minato::sim
