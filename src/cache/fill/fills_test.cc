#include "cache/fill/fills.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "cache/testing.h"

namespace minato::cache {
namespace {

using testing::Client;
using testing::Clients;
using testing::Origin;
using testing::Worker;

constexpr int most = static_cast<int>(Fills::orphans_max);

struct Orphans : ::testing::Test {
  Cache cache{CacheOptions{}, 2, 1};
  Worker here{cache, 0};
  Origin& origin = here.origin;
  Clients leaders, followers;

  /// As many as may be.
  void fill_up(std::string_view kind, bool begun) {
    Clients first;
    here.ask(first, kind, most);
    if (begun) here.begin(kind, most);
    first.clear();
    here.settle();
    EXPECT_EQ(origin.under_way, most);
  }
};

TEST_F(Orphans, AreNoMoreThanTheMost) {
  here.ask(leaders, "x", 3 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
}

TEST_F(Orphans, AreNoMoreThanTheMostWhereTheyHaveBegunToBeStored) {
  here.ask(leaders, "x", 3 * most);
  here.begin("x", 3 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
}

TEST_F(Orphans, GoOnAndAreStored) {
  here.ask(leaders, "/x");
  origin.begin("/x");
  here.settle();
  leaders.clear();
  origin.answer("/x");
  here.settle();
  here.ask(leaders, "/x");
  EXPECT_TRUE(leaders.back().has_all());
  EXPECT_EQ(origin.asked["/x"], 1);
}

TEST_F(Orphans, ThatHaveNoAnswerGoBeforeThoseThatHave) {
  fill_up("silent", false);
  here.ask(leaders, "begun", most);
  here.begin("begun", most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
  here.answer("begun", most);
  EXPECT_EQ(origin.under_way, 0);
}

TEST_F(Orphans, AreNoneWhileTheyAreFollowed) {
  fill_up("x", false);
  here.ask(leaders, "y", 2 * most);
  here.ask(followers, "y", 2 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, 3 * most);
  followers.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
}

TEST_F(Orphans, AreNoneWhileTheyAreRead) {
  fill_up("x", true);
  here.ask(leaders, "y", 2 * most);
  here.begin("y", 2 * most);
  here.ask(followers, "y", 2 * most);
  here.settle();
  leaders.clear();
  here.settle();
  here.answer("y", 2 * most);
  for (const Client& one : followers) EXPECT_TRUE(one.has_all()) << one.path;
}

TEST_F(Orphans, MakeRoomWhereTheyAreFollowedAgain) {
  fill_up("x", false);
  here.ask(followers, "x", most);
  here.ask(leaders, "y", 2 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, 2 * most);
}

TEST_F(Orphans, ThatAreRefreshesAreNoMoreEither) {
  origin.age = "100";
  here.ask(leaders, "/stale");
  origin.answer("/stale");
  here.settle();
  fill_up("x", false);
  const auto gets_what_is_stale = [&] {
    here.ask(leaders, "/stale");
    return leaders.back().has_all();
  };
  EXPECT_TRUE(gets_what_is_stale());
  EXPECT_EQ(origin.asked["/stale"], 1);
  origin.answer("/x0");
  here.settle();
  EXPECT_TRUE(gets_what_is_stale());
  EXPECT_EQ(origin.asked["/stale"], 2) << "as soon as there is room";
}

TEST_F(Orphans, AreHeardOfFromOtherThreads) {
  fill_up("x", true);
  here.ask(leaders, "/y");
  std::barrier step(2);
  std::thread elsewhere([&] {
    Worker there(cache, 1);
    there.ask(followers, "/y");
    there.settle();
    step.arrive_and_wait();  // it follows
    step.arrive_and_wait();  // its leader has left
    followers.clear();
  });
  step.arrive_and_wait();
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most + 1);
  step.arrive_and_wait();
  here.run_until([&] { return origin.under_way == most; });
  elsewhere.join();
}

TEST_F(Orphans, AreNeverCutWhereSomebodyBoardsInTheSameMoment) {
  constexpr int rounds = 100;
  fill_up("x", true);
  std::barrier step(2);
  std::atomic<int> served = 0;
  std::thread elsewhere([&] {
    Worker there(cache, 1);
    there.answer("y", rounds);  // where it leads
    for (int i = 0; i < rounds; ++i) {
      step.arrive_and_wait();
      there.ask(followers, fmt::format("/y{}", i));
      there.run_until([&] { return followers.back().outcome.has_value(); });
      EXPECT_TRUE(followers.back().has_all());
      followers.clear();
      ++served;
    }
  });
  for (int i = 0; i < rounds; ++i) {
    const auto path = fmt::format("/y{}", i);
    here.ask(leaders, path);
    origin.begin(path);
    here.settle();
    step.arrive_and_wait();
    leaders.clear();
    here.settle();
    origin.answer(path);
    here.run_until([&] { return served > i && origin.under_way == most; });
  }
  elsewhere.join();
}

/// A loop in a turn that began when the epoch did, while its clock goes on.
class LongTurn final : public runtime::Loop {
 public:
  explicit LongTurn(const Nanos& clock) : Loop(1), clock_(clock) {}
  Instant read_clock() const override { return Instant(clock_); }

 private:
  void wake() override {}
  const Nanos& clock_;
};

TEST(Ticks, FollowOneAnotherWhicheverWorkerGivesThem) {
  Nanos clock{0};
  LongTurn one(clock), other(clock);
  Fills here(one), there(other);
  std::vector<std::uint64_t> ticks;
  for (Fills* const fills : {&here, &there, &there, &here, &there, &here}) {
    clock += Nanos{1};
    ticks.push_back(fills->next_tick());
  }
  EXPECT_TRUE(std::ranges::is_sorted(ticks));
  EXPECT_EQ(std::ranges::adjacent_find(ticks), ticks.end());
}

TEST(Ticks, FollowOneAnotherWhereTheClockStandsStill) {
  const Nanos clock{5};
  LongTurn loop(clock);
  Fills fills(loop);
  const std::uint64_t first = fills.next_tick();
  EXPECT_GT(fills.next_tick(), first);
}

}  // namespace
}  // namespace minato::cache
