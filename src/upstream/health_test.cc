#include "upstream/health.h"

#include <gtest/gtest.h>

#include <string>

namespace minato::upstream {
namespace {

constexpr WallTime t0{};

const Error refused{.fault = Fault::refused, .side = Side::upstream};
const ProbeResult no_answer =
    std::unexpected(Error{.fault = Fault::timed_out, .side = Side::upstream});

HealthOptions needs(std::uint32_t rise, std::uint32_t fall) {
  HealthOptions options;
  options.rise = rise;
  options.fall = fall;
  return options;
}

/// Plays a story, one letter an event, and gives the state after each: U(p) or D(own).
/// `+` check passed, `-` check failed, `c` a request could not connect, `l` the same at the last
/// usable endpoint, `o` a request could connect again.
std::string play(std::string_view story, const HealthOptions& options) {
  Health health(t0);
  std::string states;
  for (const char event : story) {
    const bool before = health.up();
    bool changed = false;
    switch (event) {
      case '+': changed = health.on_probe(200, options, t0); break;
      case '-': changed = health.on_probe(503, options, t0); break;
      case 'c': changed = health.on_connect_failure(refused, LastUsable::no, options, t0); break;
      case 'l': changed = health.on_connect_failure(refused, LastUsable::yes, options, t0); break;
      case 'o': health.on_connect(); break;
    }
    EXPECT_EQ(changed, health.up() != before) << story << " at " << states.size();
    states += health.up() ? 'U' : 'D';
  }
  return states;
}

struct Story {
  std::string_view rule, events, states;
  std::uint32_t rise = 1, fall = 1;
};

class HealthStory : public testing::TestWithParam<Story> {};

TEST_P(HealthStory, Holds) {
  const Story& story = GetParam();
  EXPECT_EQ(play(story.events, needs(story.rise, story.fall)), story.states);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, HealthStory,
    testing::Values(Story{"OneFailedCheckTakesItOut", "-", "D"},
                    Story{"OnePassedCheckBringsItBack", "-+-", "DUD"},
                    Story{"ItFallsAfterSoManyInARow", "--+---", "UUUUUD", 1, 3},
                    Story{"ItRisesAfterSoManyInARow", "-++-+++", "DDDDDDU", 3, 1},
                    Story{"AFailedConnectCountsTowardsFall", "c", "D"},
                    Story{"FailedConnectsAndChecksCountTogether", "c-c", "UUD", 1, 3},
                    Story{"APassedCheckForgetsFailedConnects", "cc+cc", "UUUUU", 1, 3},
                    Story{"AConnectForgetsFailedConnects", "ccocc", "UUUUU", 1, 3},
                    Story{"AConnectDoesNotForgetFailedChecks", "--o-", "UUUD", 1, 3},
                    Story{"FailedConnectsNeverTakeOutTheLastUsable", "llllll", "UUUUUU", 1, 3},
                    Story{"AFailedCheckTakesOutTheLastUsable", "l-", "UD"},
                    Story{"WhatWasHeldBackCountsOnceItIsNotTheLast", "llc", "UUD", 1, 3},
                    Story{"LateNewsOfConnectsDoesNotHinderARise", "-+c+", "DDDU", 2, 1}),
    [](const auto& row) { return std::string(row.param.rule); });

TEST(Health, StartsAsUpAndUnchecked) {
  const Health health(t0 + 5s);
  EXPECT_TRUE(health.up());
  EXPECT_EQ(health.since(), t0 + 5s);
  EXPECT_EQ(to_string(health.cause()), "not checked yet");
}

TEST(Health, TellsWhenAndWhyItChanged) {
  Health health(t0);
  const HealthOptions options;
  health.on_probe(200, options, t0 + 1s);
  EXPECT_EQ(health.since(), t0) << "a check that changes nothing";
  health.on_probe(503, options, t0 + 2s);
  EXPECT_EQ(health.since(), t0 + 2s);
  EXPECT_EQ(to_string(health.cause()), "check answered 503");
  health.on_probe(no_answer, options, t0 + 3s);
  EXPECT_EQ(health.since(), t0 + 2s);
  health.on_probe(204, options, t0 + 4s);
  EXPECT_EQ(health.since(), t0 + 4s);
  EXPECT_EQ(to_string(health.cause()), "check passed");
  health.on_probe(no_answer, options, t0 + 5s);
  EXPECT_EQ(to_string(health.cause()), "check failed: timed out");
  health.on_probe(200, options, t0 + 6s);
  health.on_connect_failure(refused, LastUsable::no, options, t0 + 7s);
  EXPECT_EQ(to_string(health.cause()), "requests cannot connect: refused");
}

TEST(Health, PassesByTheExpectedStatuses) {
  HealthOptions options;
  options.expect_status = {{200, 299}, {404, 404}};
  const struct {
    std::uint16_t status;
    bool passes;
  } rows[] = {{200, true},  {299, true},  {300, false}, {404, true},
              {405, false}, {199, false}, {0, true}};
  for (const auto& row : rows) {
    Health health(t0);
    health.on_probe(row.status, options, t0);
    EXPECT_EQ(health.up(), row.passes) << row.status;
  }
}

TEST(Health, DoesNotBlameAnEndpointForOurOwnFailures) {
  for (const Error& ours : {Error{.fault = Fault::resource, .side = Side::upstream},
                            Error{.fault = Fault::cancelled, .side = Side::upstream},
                            Error{.fault = Fault::closed, .side = Side::local}}) {
    Health health(t0);
    EXPECT_FALSE(health.on_probe(std::unexpected(ours), {}, t0));
    EXPECT_FALSE(health.on_connect_failure(ours, LastUsable::no, {}, t0));
    EXPECT_TRUE(health.up());
  }
}

}  // namespace
}  // namespace minato::upstream
