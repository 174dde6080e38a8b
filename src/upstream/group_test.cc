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
    ids.push_back(picked->endpoint->id);
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
  const InFlight first(two[0]);
  Tried tried;
  EXPECT_EQ(group.pick(0, tried)->endpoint, &two[1]);
  const InFlight second(two[1]);
  EXPECT_EQ(group.pick(0, tried).error(), Reason::upstream_saturated);
}

TEST(Group, DoesNotGoBackToWhatTookNoConnection) {
  const TestCandidates two(2);
  const Group group = group_of(two);
  Tried tried;
  tried.add_full(EndpointId{0});
  tried.add_failed(EndpointId{1});
  EXPECT_EQ(group.pick(0, tried)->endpoint->id, EndpointId{1});
  tried.add_full(EndpointId{1});
  EXPECT_EQ(group.pick(0, tried).error(), Reason::upstream_saturated);
}

TEST(Group, StopsLookingAmongManyThatAreFull) {
  const TestCandidates many(100);
  const Group group = group_of(many);
  Tried tried;
  std::size_t looked = 0;
  for (auto picked = group.pick(0, tried); picked; picked = group.pick(0, tried), ++looked)
    tried.add_full(picked->endpoint->id);
  EXPECT_EQ(looked, Tried::most);
}

}  // namespace
}  // namespace minato::upstream
