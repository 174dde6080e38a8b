// A reload and the end of the program, in every order of their steps.
#include <gtest/gtest.h>

#include "scenario/house.h"

namespace minato::scenario {
namespace {

constexpr std::array<std::uint16_t, 3> ports{80, 81, 82};

config::ServiceConfig on_port(config::ServiceConfig service, std::uint16_t port) {
  service.name += std::to_string(port);
  service.listen_port = port;
  return service;
}

/// Ports 80 to 82, whichever `random` wants; one at least.
config::Config any_ports(Random& random, Millis drain_delay) {
  config::Config config = plain_config({*net::Address::parse("10.0.0.1", 8001)});
  config.drain_delay = drain_delay;
  const auto service = config.services.front();
  config.services.clear();
  for (const std::uint16_t port : ports)
    if (random.one_in(2)) config.services.push_back(on_port(service, port));
  if (config.services.empty()) config.services.push_back(on_port(service, 80));
  return config;
}

class ReloadAndEnd : public testing::TestWithParam<Millis> {
 protected:
  static void run(std::uint64_t seed);
};

void ReloadAndEnd::run(std::uint64_t seed) {
  Random random(seed);
  sim::SimWorld world(seed);
  House house(world, any_ports(random, GetParam()), random.one_in(2) ? 1 : 3);
  house.reload_later(0ns, any_ports(random, GetParam()));
  house.reload_later(0ns, any_ports(random, GetParam()));
  for (auto steps = random.below(60); steps > 0; --steps)
    world.run_until([taken = 0]() mutable { return taken++ == 1; }, 0ns);
  house.begin_to_end();
  EXPECT_TRUE(world.run_until([&] { return house.has_ended(); }, 1min));
  EXPECT_EQ(house.reloads().size(), 2u);
  for (const admin::ReloadOutcome& outcome : house.reloads())
    EXPECT_TRUE(outcome.accepted || outcome.problems.front().message == "Minato is shutting down");
  Ledger ledger({});
  house.shut_down();
  house.report_leaks(ledger);
  sim::SimNetwork other(world.wire(), world.add_loop());
  for (const std::uint16_t port : ports)
    EXPECT_TRUE(other.listen({.address = House::machine(port), .shared = false})) << port;
  EXPECT_TRUE(ledger.violations().empty()) << ledger.violations().front();
}

INSTANTIATE_TEST_SUITE_P(DrainDelays, ReloadAndEnd, testing::Values(0ms, 500ms));

TEST_P(ReloadAndEnd, WhicheverIsFirstNoPortStaysOpen) {
  for (std::uint64_t seed = 1; seed <= 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    run(seed);
  }
}

}  // namespace
}  // namespace minato::scenario
