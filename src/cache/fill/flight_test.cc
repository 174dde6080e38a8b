#include "cache/fill/flight.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <deque>
#include <thread>

#include "cache/store/testing.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::cache {
namespace {

using runtime::EpollLoop;

TEST(Flights, TheFirstLeadsAndTheOthersJoin) {
  const Store store{StoreLimits{}};
  Flights flights(store);
  const auto first = flights.board("a", "http://a/"), second = flights.board("a", "http://a/"),
             other = flights.board("b", "http://b/");
  EXPECT_TRUE(first.leads);
  EXPECT_FALSE(second.leads);
  EXPECT_EQ(first.flight, second.flight);
  EXPECT_TRUE(other.leads);
}

TEST(Flights, NobodyJoinsOneThatHasLanded) {
  const Store store{StoreLimits{}};
  Flights flights(store);
  const auto first = flights.board("a", "http://a/");
  flights.land("a", *first.flight);
  const auto second = flights.board("a", "http://a/");
  EXPECT_TRUE(second.leads);
  EXPECT_NE(first.flight, second.flight);
}

TEST(Flights, WhoLandsLateTakesNoOtherDown) {
  const Store store{StoreLimits{}};
  Flights flights(store);
  const auto first = flights.board("a", "http://a/");
  flights.land("a", *first.flight);
  const auto second = flights.board("a", "http://a/");
  flights.land("a", *first.flight);
  EXPECT_EQ(flights.board("a", "http://a/").flight, second.flight);
}

TEST(Flights, NobodyJoinsOneThatSetOutBeforeAPurgeOfIt) {
  Store store{StoreLimits{}};
  Flights flights(store);
  const auto first = flights.board("a", "http://a/");
  store.purge_url(*split_url("http://b/"), Purge::remove);
  EXPECT_EQ(flights.board("a", "http://a/").flight, first.flight);
  store.purge_url(*split_url("http://a/"), Purge::remove);
  const auto second = flights.board("a", "http://a/");
  EXPECT_TRUE(second.leads);
  EXPECT_EQ(flights.board("a", "http://a/").flight, second.flight);
}

TEST(Flights, WhoDoesNotWantToFollowTakesNoSeat) {
  const Store store{StoreLimits{}};
  Flights flights(store);
  const auto flight = flights.lead("a", "http://a/");
  ASSERT_TRUE(flight);
  EXPECT_EQ(flights.lead("a", "http://a/"), nullptr);
  EXPECT_FALSE(flight->has_followers());
}

TEST(Flights, NobodyJoinsOneThatLandedAsNobodyHad) {
  const Store store{StoreLimits{}};
  Flights flights(store);
  const auto loop = EpollLoop::make(1).value();
  const auto first = flights.board("a", "http://a/"), second = flights.board("a", "http://a/");
  {
    const Flight::Seat seat(*second.flight, *loop);
    EXPECT_FALSE(flights.land_unfollowed("a", *first.flight));
    const auto third = flights.board("a", "http://a/");
    EXPECT_EQ(third.flight, first.flight);
    const std::uint64_t rings = first.flight->bell().rings();
    {
      const Flight::Seat another(*third.flight, *loop);
    }
    EXPECT_EQ(first.flight->bell().rings(), rings);
  }
  EXPECT_EQ(first.flight->bell().rings(), 1u) << "by the last one alone";
  EXPECT_TRUE(flights.land_unfollowed("a", *first.flight));
  EXPECT_TRUE(flights.board("a", "http://a/").leads);
}

TEST(Flights, WhoBoardsEitherKeepsItFromLandingOrLeads) {
  const Store store{StoreLimits{}};
  Flights flights(store);
  std::barrier step(2);
  constexpr int rounds = 2000;
  bool leads = false;
  std::thread elsewhere([&] {
    for (int i = 0; i < rounds; ++i) {
      step.arrive_and_wait();
      leads = flights.board(std::to_string(i), "http://a/").leads;
      step.arrive_and_wait();
    }
  });
  for (int i = 0; i < rounds; ++i) {
    const auto key = std::to_string(i);
    const auto flight = flights.lead(key, "http://a/");
    step.arrive_and_wait();
    const bool landed = flights.land_unfollowed(key, *flight);
    step.arrive_and_wait();
    EXPECT_EQ(landed, leads);
  }
  elsewhere.join();
}

struct Growing : StoreTest {
  std::unique_ptr<EpollLoop> loop = EpollLoop::make(1).value();
  static constexpr std::string_view tag = "red";

  /// Of `http://a/x`, complete, and found in the store already.
  Flights::Boarded grown(Flights& flights) {
    auto boarded = flights.board("x", "http://a/x");
    Flight& flight = *boarded.flight;
    flight.entry = draft("http://a/x", flight.purges_before(), {&tag, 1});
    EXPECT_TRUE(store->insert(*flight.entry, pieces("x"), 1));
    flight.become(Stage::growing, *loop);
    return boarded;
  }
  template <class Purges>
  bool is_joined_after(Purges purge) {
    Flights flights(*store);
    const auto before = grown(flights);
    purge();
    return flights.board("x", "http://a/x").flight == before.flight;
  }
};

TEST_F(Growing, NobodyJoinsWhatIsPurgedBeforeItLands) {
  open();
  for (const Purge how : {Purge::remove, Purge::mark_stale}) {
    const bool soft = how == Purge::mark_stale;
    EXPECT_FALSE(is_joined_after([&] { store->purge_url(*split_url("http://a/x"), how); }));
    EXPECT_FALSE(is_joined_after([&] { store->purge_tag(tag, how); }));
    EXPECT_FALSE(is_joined_after([&] { store->purge_all(how); }));
    EXPECT_FALSE(is_joined_after([&] { store->ban({.host = "a", .soft = soft}); }));
  }
}

TEST_F(Growing, APurgeIsHeardAfterThoseOfOthers) {
  open();
  Flights flights(*store);
  const auto before = grown(flights);
  store->purge_tag("blue", Purge::remove);
  EXPECT_EQ(flights.board("x", "http://a/x").flight, before.flight);
  store->ban({.host = "a"});
  EXPECT_NE(flights.board("x", "http://a/x").flight, before.flight);
}

TEST_F(Growing, PurgesOfOthersKeepNobodyFromJoining) {
  open();
  EXPECT_TRUE(is_joined_after([&] { store->purge_tag("blue", Purge::remove); }));
  EXPECT_TRUE(is_joined_after([&] { store->ban({.host = "b"}); }));
}

/// One of a crew on a thread of its own.
class Passenger {
 public:
  Passenger(Flights& flights, std::uint64_t seed) : flights_(flights), seed_(seed) {}

  void run() {
    const auto loop = EpollLoop::make(seed_).value();
    const auto [flight, leads] = flights_.board("key", "http://a/");
    leads_ = leads;
    if (leads) return land(*flight, *loop);
    runtime::Scope tasks(*loop);
    tasks.start(wait(*flight, *loop));
    if (!arrived_) loop->run();
  }
  bool leads() const { return leads_; }
  std::uint16_t status() const { return status_; }

 private:
  void land(Flight& flight, EpollLoop& loop) {
    flight.status = 200;
    flight.failure = http::Failure{.reason = http::Reason::upstream_reset};
    flight.become(Stage::failed, loop);
    flights_.land("key", flight);
    status_ = 200;
  }
  Task<void> wait(Flight& flight, EpollLoop& loop) {
    while (flight.stage() == Stage::waiting) {
      const std::uint64_t seen = flight.bell().rings();
      if (flight.stage() == Stage::waiting) (void)co_await flight.bell().after(loop, seen);
    }
    EXPECT_EQ(flight.failure->reason, http::Reason::upstream_reset);
    status_ = flight.status;
    arrived_ = true;
    loop.stop();
  }

  Flights& flights_;
  std::uint64_t seed_;
  bool leads_ = false;
  bool arrived_ = false;
  std::uint16_t status_ = 0;
};

TEST(Flights, WhoWaitsOnAnotherThreadSeesWhatCameOfIt) {
  const Store store{StoreLimits{}};
  for (std::uint64_t round = 0; round < 50; ++round) {
    Flights flights(store);
    std::deque<Passenger> crew;
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < 4; ++i) crew.emplace_back(flights, 10 * round + i);
    for (Passenger& one : crew) threads.emplace_back([&one] { one.run(); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_GE(std::ranges::count_if(crew, &Passenger::leads), 1);
    for (const Passenger& one : crew) EXPECT_EQ(one.status(), 200);
  }
}

}  // namespace
}  // namespace minato::cache
