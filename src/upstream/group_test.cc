#include "upstream/group.h"

#include <gtest/gtest.h>

#include <set>

#include "upstream/test_candidates.h"

namespace minato::upstream {
namespace {

using http::Reason;

Group group_of(const TestCandidates& endpoints, bool unresolved = false) {
  Group group({.name = "shop"}, make_round_robin(), 1);
  auto candidates = std::make_shared<Candidates>();
  candidates->usable = endpoints.all;
  candidates->unresolved = unresolved;
  group.install(0, std::move(candidates));
  return group;
}

/// The endpoints of `attempts` attempts, each of which fails.
std::vector<EndpointId> attempt(const Group& group, int attempts) {
  Tried tried;
  std::vector<EndpointId> ids;
  for (int i = 0; i < attempts; ++i) {
    const auto picked = group.pick(0, tried);
    if (!picked) break;
    ids.push_back(picked->candidate.endpoint->id);
    tried.add_failed(ids.back());
  }
  return ids;
}

TEST(Group, TriesEachEndpointOnceBeforeAnyTwice) {
  const TestCandidates three(3);
  const auto ids = attempt(group_of(three), 3);
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 3u);
}

TEST(Group, GoesBackToAnotherThanTheLastWhenAllHaveFailed) {
  const TestCandidates two(2);
  const auto ids = attempt(group_of(two), 5);
  ASSERT_EQ(ids.size(), 5u);
  for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_NE(ids[i], ids[i - 1]);
}

TEST(Group, TriesTheSameAgainWhereItIsAlone) {
  const TestCandidates one(1);
  EXPECT_EQ(attempt(group_of(one), 3), std::vector(3, EndpointId{0}));
}

TEST(Group, SaysWhyThereIsNothingToPick) {
  const TestCandidates none(0);
  Tried tried;
  EXPECT_EQ(group_of(none).pick(0, tried).error(), Reason::no_usable_endpoint);
  EXPECT_EQ(group_of(none, true).pick(0, tried).error(), Reason::name_not_resolved);
}

TEST(Group, IsSaturatedWhenEveryEndpointIsFull) {
  TestCandidates two(2, 1);
  const Group group = group_of(two);
  Tried tried;
  std::vector<Picked> taken;
  for (int i = 0; i < 2; ++i) taken.push_back(group.pick(0, tried).value());
  EXPECT_NE(taken[0].candidate.endpoint, taken[1].candidate.endpoint);
  EXPECT_EQ(group.pick(0, tried).error(), Reason::upstream_saturated);
  taken.pop_back();
  EXPECT_TRUE(group.pick(0, tried));
}

TEST(Group, WhatIsPickedIsCountedAtOnce) {
  TestCandidates one(1);
  Tried tried;
  const auto picked = group_of(one).pick(0, tried);
  EXPECT_EQ(one[0].in_flight(), 1u);
}

TEST(Group, GoesBackToWhatFailedWhereTheRestIsFull) {
  TestCandidates two(2, 1);
  const Group group = group_of(two);
  const InFlight busy(two[0]);
  Tried tried;
  tried.add_failed(EndpointId{1});
  EXPECT_EQ(group.pick(0, tried)->candidate.endpoint, &two[1]);
}

/// Says that there is room where there is none: another worker took it in between.
struct Late final : Balancer {
  std::optional<std::size_t> pick(std::span<const Candidate>, const Tried&) override {
    return looks++ == 0 ? 0 : 1;
  }
  std::size_t looks = 0;
};

TEST(Group, LooksAgainWhereAnotherTookTheLastPlace) {
  TestCandidates two(2, 1);
  Group group({.name = "shop"}, std::make_shared<Late>(), 1);
  auto candidates = std::make_shared<Candidates>();
  candidates->usable = two.all;
  group.install(0, std::move(candidates));
  const InFlight others(two[0]);
  Tried tried;
  auto picked = group.pick(0, tried);
  ASSERT_TRUE(picked);
  EXPECT_EQ(picked->candidate.endpoint, &two[1]);
  EXPECT_EQ(group.pick(0, tried).error(), Reason::upstream_saturated);
}

}  // namespace
}  // namespace minato::upstream
