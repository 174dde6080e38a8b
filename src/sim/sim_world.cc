#include "sim/sim_world.h"

#include <algorithm>

#include "base/assert.h"

namespace minato::sim {
namespace {

// Neither is zero, so that a moment before the beginning is still a moment.
constexpr Instant beginning{24h};
constexpr WallTime wall_beginning{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

// Whoever takes so many turns at one moment spins.
constexpr std::uint64_t steps_at_one_moment_max = 2'000'000;

}  // namespace

SimWorld::SimWorld(std::uint64_t seed) : random_(seed), now_(beginning), wire_(*this, random_()) {}

SimWorld::~SimWorld() = default;

SimLoop& SimWorld::add_loop() {
  loops_.push_back(std::make_unique<SimLoop>(random_()));
  set_clock(now_);
  return *loops_.back();
}

void SimWorld::run_until_idle() {
  while (step()) {
  }
}

void SimWorld::advance(Nanos span) {
  const Instant limit = now_ + span;
  run_until([] { return false; }, span);
  set_clock(limit);
}

void SimWorld::at(Instant when, runtime::Job job) {
  events_.push_back({when, ordered_++, std::move(job)});
  std::ranges::push_heap(events_, std::less<>{});
}

bool SimWorld::step() {
  ready_.clear();
  for (const auto& loop : loops_)
    if (loop->has_work()) ready_.push_back(loop.get());
  const bool event_due = !events_.empty() && events_.front().at <= now_;
  const std::size_t choices = ready_.size() + event_due;
  if (choices == 0) return false;
  MINATO_ASSERT(++steps_here_ < steps_at_one_moment_max);
  const std::size_t chosen = random_.below(choices);
  if (chosen < ready_.size())
    ready_[chosen]->run_turn();
  else
    run_event();
  return true;
}

void SimWorld::run_event() {
  std::ranges::pop_heap(events_, std::less<>{});
  runtime::Job job = std::move(events_.back().job);
  events_.pop_back();
  job();
}

bool SimWorld::move_on(Instant limit) {
  Instant next = events_.empty() ? never : events_.front().at;
  for (const auto& loop : loops_) next = std::min(next, loop->timers().next());
  if (next == never || next > limit) return false;
  set_clock(next);
  return true;
}

void SimWorld::set_clock(Instant now) {
  if (now != now_) steps_here_ = 0;
  now_ = now;
  const WallTime wall = wall_beginning + (now - beginning);
  for (const auto& loop : loops_) loop->set_clock(now, wall);
}

}  // namespace minato::sim
