#include "sim/sim_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "runtime/scope.h"

namespace minato::sim {
namespace {

Task<void> note_later(runtime::Loop& loop, Nanos span, std::string& log, char name) {
  co_await runtime::pause(loop, span);
  log += name;
}

struct TwoLoops {
  explicit TwoLoops(std::uint64_t seed) : world(seed) {}
  ~TwoLoops() { tasks_a.cancel_all(), tasks_b.cancel_all(); }
  SimWorld world;
  SimLoop &a = world.add_loop(), &b = world.add_loop();
  runtime::Scope tasks_a{a}, tasks_b{b};
};

TEST(SimWorld, TimersFireInTheOrderOfTheirTimesWhateverTheirLoop) {
  TwoLoops sim(1);
  std::string log;
  sim.tasks_a.start(note_later(sim.a, 3s, log, '3'));
  sim.tasks_b.start(note_later(sim.b, 1s, log, '1'));
  sim.tasks_a.start(note_later(sim.a, 2s, log, '2'));
  sim.tasks_b.start(note_later(sim.b, 4s, log, '4'));
  sim.world.advance(3s);
  EXPECT_EQ(log, "123");
}

TEST(SimWorld, TheClockStandsStillUntilItIsMoved) {
  TwoLoops sim(1);
  std::string log;
  const Instant before = sim.world.now();
  const WallTime wall = sim.a.wall();
  sim.tasks_a.start(note_later(sim.a, 1ns, log, 'x'));
  sim.world.run_until_idle();
  EXPECT_EQ(log, "");
  EXPECT_EQ(sim.world.now(), before);
  sim.world.advance(1h);
  EXPECT_EQ(log, "x");
  EXPECT_EQ(sim.a.now(), before + 1h);
  EXPECT_EQ(sim.b.wall(), wall + 1h);
}

TEST(SimWorld, RunUntilGivesUpWhereNothingMoreCanHappen) {
  TwoLoops sim(1);
  std::string log;
  sim.tasks_a.start(note_later(sim.a, 2s, log, 'x'));
  EXPECT_FALSE(sim.world.run_until([&] { return !log.empty(); }, 1s));
  EXPECT_TRUE(sim.world.run_until([&] { return !log.empty(); }, 2s));
  EXPECT_FALSE(sim.world.run_until([&] { return log.size() > 1; }, 100h));
}

TEST(SimWorld, WhatOneLoopSendsAnotherRunsInItsOrderAndNotAtOnce) {
  TwoLoops sim(1);
  std::string log;
  for (const char name : {'1', '2', '3'}) sim.b.send([&log, name] { log += name; });
  EXPECT_EQ(log, "");
  sim.world.run_until_idle();
  EXPECT_EQ(log, "123");
}

/// Both loops send to each other; the order in which that runs is the seed's.
std::string interleaving(std::uint64_t seed) {
  TwoLoops sim(seed);
  std::string log;
  for (const char name : {'1', '2', '3', '4'}) {
    sim.a.send([&, name] { sim.b.send([&log, name] { log += name; }); });
    sim.b.send([&, name] { sim.a.send([&log, name] { log += static_cast<char>(name + 48); }); });
    sim.world.run_until_idle();
  }
  return log;
}

TEST(SimWorld, OneSeedIsOneInterleaving) {
  std::vector<std::string> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    seen.push_back(interleaving(seed));
    EXPECT_EQ(interleaving(seed), seen.back());
  }
  std::ranges::sort(seen);
  const auto doubles = std::ranges::unique(seen);
  EXPECT_GT(doubles.begin() - seen.begin(), 5);
}

Task<void> spin(runtime::Loop& loop) {
  for (;;) co_await loop.breathe();
}

TEST(SimWorldDeathTest, ATaskThatSpinsIsFound) {
  TwoLoops sim(1);
  sim.tasks_a.start(spin(sim.a));
  EXPECT_DEATH(sim.world.run_until_idle(), "steps_at_one_moment_max");
}

}  // namespace
}  // namespace minato::sim
