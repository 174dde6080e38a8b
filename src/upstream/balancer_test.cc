#include "upstream/balancer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <thread>

#include "upstream/test_candidates.h"

namespace minato::upstream {
namespace {

using testing::Each;
using testing::ElementsAre;

Tried tried(std::initializer_list<std::uint32_t> ids) {
  Tried made;
  for (const auto id : ids) made.add_failed(EndpointId{id});
  return made;
}

/// How often each was picked, `times` requests one after another.
std::vector<int> tally(Balancer& policy, const TestCandidates& candidates, int times,
                       const Tried& without = {}) {
  std::vector<int> counts(candidates.all.size());
  for (int i = 0; i < times; ++i)
    if (const auto at = policy.pick(candidates.all, without)) ++counts[*at];
  return counts;
}

// What every policy promises.

class EveryBalancer : public testing::TestWithParam<BalancerKind> {
 protected:
  std::unique_ptr<Balancer> policy = GetParam().make();
};

TEST_P(EveryBalancer, PicksNothingFromNothing) {
  EXPECT_EQ(policy->pick({}, {}), std::nullopt);
  EXPECT_EQ(policy->pick({}, tried({1})), std::nullopt);
}

TEST_P(EveryBalancer, IsEvenForRequestsOneAfterAnother) {
  const TestCandidates three(3);
  EXPECT_THAT(tally(*policy, three, 30), Each(10));
}

TEST_P(EveryBalancer, StaysEvenWhenTheNumberOfUsableEndpointsChanges) {
  const TestCandidates three(3), two(2);
  tally(*policy, three, 7);
  EXPECT_THAT(tally(*policy, two, 20), Each(10));
  EXPECT_THAT(tally(*policy, three, 30), Each(10));
}

TEST_P(EveryBalancer, SkipsWhatHasBeenTried) {
  const TestCandidates three(3);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(policy->pick(three.all, tried({0, 2})), 1u);
  EXPECT_EQ(policy->pick(three.all, tried({0, 1, 2})), std::nullopt);
}

TEST_P(EveryBalancer, SpreadsRetriesEvenlyOverTheRest) {
  const TestCandidates four(4);
  EXPECT_THAT(tally(*policy, four, 30, tried({1})), ElementsAre(10, 0, 10, 10));
}

TEST_P(EveryBalancer, SkipsWhatIsFull) {
  TestCandidates three(3, 1);
  {
    const InFlight at_first(three[0]), at_last(three[2]);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(policy->pick(three.all, {}), 1u);
    const InFlight at_middle(three[1]);
    EXPECT_EQ(policy->pick(three.all, {}), std::nullopt);
  }
  EXPECT_NE(policy->pick(three.all, {}), std::nullopt);
}

TEST_P(EveryBalancer, GivesAnEndpointThatIsNamedTwiceTwoShares) {
  TestCandidates two(2);
  two.all.push_back(two.all[0]);
  EXPECT_THAT(tally(*policy, two, 30), Each(10));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(policy->pick(two.all, tried({0})), 1u);
}

TEST_P(EveryBalancer, IsEvenOverAllThreadsTogether) {
  constexpr int threads = 4, each = 3'000;
  const TestCandidates three(3);
  std::array<std::atomic<int>, 3> counts{};
  {
    std::deque<std::jthread> running;
    for (int t = 0; t < threads; ++t)
      running.emplace_back([&] {
        for (int i = 0; i < each; ++i) ++counts[*policy->pick(three.all, {})];
      });
  }
  for (const auto& count : counts) EXPECT_EQ(count, threads * each / 3);
}

INSTANTIATE_TEST_SUITE_P(Table, EveryBalancer, testing::ValuesIn(balancers),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Balancers, AreFoundByName) {
  EXPECT_EQ(find_balancer("round_robin"), &balancers[0]);
  EXPECT_EQ(find_balancer("fastest_first"), nullptr);
}

// Round robin.

TEST(RoundRobin, ReadsOneEndpointOfAThousand) {
  const auto policy = make_round_robin();
  TestCandidates only(1);
  std::vector<Candidate> thousand(1'000);  // reading any other would fail
  for (std::size_t i = 0; i < 2'000; ++i) {
    thousand[i % 1'000] = only.all[0];
    EXPECT_EQ(policy->pick(thousand, {}), i % 1'000);
    thousand[i % 1'000] = {};
  }
}

TEST(RoundRobin, KeepsItsTurnWhenARetryComesBetween) {
  const auto policy = make_round_robin();
  const TestCandidates two(2);
  int began_with_the_dead = 0;
  for (int i = 0; i < 10; ++i) {
    if (policy->pick(two.all, {}) != 0u) continue;
    ++began_with_the_dead;
    EXPECT_EQ(policy->pick(two.all, tried({0})), 1u);
  }
  EXPECT_EQ(began_with_the_dead, 5);
}

TEST(RoundRobin, SpreadsTheShareOfAFullEndpointOverTheRest) {
  const auto policy = make_round_robin();
  TestCandidates four(4, 1);
  const InFlight busy(four[1]);
  EXPECT_THAT(tally(*policy, four, 120), ElementsAre(40, 0, 40, 40));
}

// Least connections.

TEST(LeastConnections, TakesTheOneWithTheFewestExchangesInFlight) {
  const auto policy = make_least_connections();
  TestCandidates three(3);
  const InFlight a(three[0]), b(three[0]), c(three[2]);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(policy->pick(three.all, {}), 1u);
  EXPECT_EQ(policy->pick(three.all, tried({1})), 2u);
}

TEST(LeastConnections, TakesTurnsAmongThoseThatTie) {
  const auto policy = make_least_connections();
  TestCandidates five(5);
  const InFlight a(five[0]), b(five[2]), c(five[2]);
  EXPECT_THAT(tally(*policy, five, 30), ElementsAre(0, 10, 0, 10, 10));
}

TEST(LeastConnections, EvensOutWhatStaysOpen) {
  const auto policy = make_least_connections();
  TestCandidates four(4);
  std::vector<InFlight> open;
  for (int i = 0; i < 40; ++i) open.emplace_back(four[*policy->pick(four.all, {})]);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(four[i].in_flight(), 10u);
}

// What is counted.

TEST(Endpoint, CountsWhatIsUnderWayAndWhatEverWas) {
  TestCandidates one(1);
  {
    InFlight first(one[0]);
    const InFlight moved(std::move(first));
    EXPECT_EQ(one[0].in_flight(), 1u);
  }
  EXPECT_EQ(one[0].in_flight(), 0u);
  EXPECT_EQ(one[0].exchanges(), 1u);
}

TEST(Endpoint, IsNeverSeenWithLessThanNothingUnderWay) {
  TestCandidates one(1);
  std::array<std::jthread, 2> busy;
  for (auto& thread : busy)
    thread = std::jthread([&](const std::stop_token& done) {
      while (!done.stop_requested()) const InFlight exchange(one[0]);
    });
  for (int i = 0; i < 10'000; ++i) ASSERT_LE(one[0].in_flight(), 1'000'000u);
}

TEST(Endpoint, TakesSoManyAtOnceAndNoMore) {
  TestCandidates one(1);
  auto first = InFlight::claim(one[0], 2);
  const auto second = InFlight::claim(one[0], 2);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(InFlight::claim(one[0], 2));
  EXPECT_EQ(one[0].exchanges(), 2u) << "what was not taken is not counted";
  EXPECT_TRUE(InFlight::claim(one[0], 0));
  first.reset();
  EXPECT_TRUE(InFlight::claim(one[0], 2));
}

TEST(Endpoint, TakesNoneTooManyHoweverManyThreadsAsk) {
  constexpr std::uint32_t most = 2;
  TestCandidates one(1);
  std::atomic<std::uint32_t> held{0}, too_many{0};
  {
    std::deque<std::jthread> running;
    for (int t = 0; t < 4; ++t)
      running.emplace_back([&] {
        for (int i = 0; i < 5'000; ++i) {
          const auto claim = InFlight::claim(one[0], most);
          if (!claim) continue;
          too_many += ++held > most;
          --held;
        }
      });
  }
  EXPECT_EQ(too_many, 0u);
  EXPECT_EQ(one[0].in_flight(), 0u);
}

TEST(Tried, RemembersWhatFailedUntilToldToForget) {
  Tried some = tried({1, 2, 3});
  EXPECT_TRUE(some.forget_all_but_last());
  EXPECT_FALSE(some.contains(EndpointId{1}));
  EXPECT_TRUE(some.contains(EndpointId{3}));
  EXPECT_FALSE(some.forget_all_but_last());
  EXPECT_TRUE(some.forget_last());
  EXPECT_FALSE(some.contains(EndpointId{3}));
  EXPECT_FALSE(some.forget_last());
}

TEST(Tried, ForgetsTheOldestBeyondItsBound) {
  Tried many;
  for (std::uint32_t i = 0; i <= Tried::most; ++i) many.add_failed(EndpointId{i});
  EXPECT_FALSE(many.contains(EndpointId{0}));
  EXPECT_TRUE(many.contains(EndpointId{1}));
  EXPECT_TRUE(many.contains(EndpointId{Tried::most}));
}

}  // namespace
}  // namespace minato::upstream
