#include "upstream/pool.h"

#include "upstream/test_pool.h"

namespace minato::upstream {
namespace {

TEST_F(PoolTest, AConnectionWaitsForTheNextExchange) {
  idle_connection();
  EXPECT_EQ(pool->idle_count(), 1u);
  EXPECT_EQ(endpoint->connections(), 1u);
  EXPECT_EQ(loop.blocks().lent_bytes(), 0u);
  auto again = check_out();
  EXPECT_EQ(again.client().calls(), 1u);
  EXPECT_EQ(pool->idle_count(), 0u);
  exchange(again, 0);
  EXPECT_EQ(origins.size(), 1u);
}

TEST_F(PoolTest, TheNewestIsTakenFirst) {
  auto first = std::make_optional(check_out());
  auto second = std::make_optional(check_out());
  exchange(*first, 0), exchange(*second, 1);
  net::Stream* const newest = &first->client().stream();
  second.reset();
  first.reset();
  EXPECT_EQ(&check_out().client().stream(), newest);
}

TEST_F(PoolTest, AConnectionWithoutACleanEndIsClosed) {
  struct Row {
    const char* what;
    std::string_view response;
  };
  for (const Row& row : {
           Row{"surplus bytes", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nx"},
           Row{"the origin closes",
               "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
           Row{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
       }) {
    idle_connection(row.response);
    EXPECT_EQ(pool->idle_count(), 0u) << row.what;
    EXPECT_EQ(endpoint->connections(), 0u) << row.what;
  }
}

TEST_F(PoolTest, AConnectionOnWhichNothingWasAskedIsClosed) {
  (void)check_out();
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(endpoint->connections(), 0u);
}

TEST_F(PoolTest, WhatComesUnaskedEndsAnIdleConnection) {
  idle_connection();
  send(0, "HTTP/1.1 408 Request Timeout\r\n\r\n");
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(check_out().client().calls(), 0u);
}

TEST_F(PoolTest, TheOriginsEndOrResetEndsAnIdleConnection) {
  idle_connection();
  origins[0]->end_writing();
  world.run_until_idle();
  EXPECT_EQ(pool->idle_count(), 0u);
  idle_connection();
  origins[1]->reset_on_close();
  origins[1].reset();
  world.run_until_idle();
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(endpoint->connections(), 0u);
}

TEST_F(PoolTest, AnIdleConnectionRetiresAtTheConfiguredTime) {
  options.idle_timeout = 10s;
  idle_connection();
  world.advance(9s);
  EXPECT_EQ(pool->idle_count(), 1u);
  world.advance(1s);
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(endpoint->connections(), 0u);
}

TEST_F(PoolTest, EachRetiresAtItsOwnTime) {
  options.idle_timeout = 10s;
  auto first = std::make_optional(check_out());
  idle_connection();
  world.advance(5s);
  exchange(*first, 0);
  first.reset();
  world.advance(5s);
  EXPECT_EQ(pool->idle_count(), 1u);
  world.advance(5s);
  EXPECT_EQ(pool->idle_count(), 0u);
}

TEST_F(PoolTest, RetiresBeforeTheTimeThatTheOriginAnnounces) {
  idle_connection("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=10\r\nContent-Length: 0\r\n\r\n");
  world.advance(7900ms);
  EXPECT_EQ(pool->idle_count(), 1u);
  world.advance(100ms);
  EXPECT_EQ(pool->idle_count(), 0u);
}

TEST_F(PoolTest, LearnsWhenTheOriginCloses) {
  idle_connection();
  world.advance(10s);
  origins[0]->end_writing();
  world.run_until_idle();
  idle_connection();
  world.advance(7900ms);
  EXPECT_EQ(pool->idle_count(), 1u);
  world.advance(100ms);
  EXPECT_EQ(pool->idle_count(), 0u);
}

TEST_F(PoolTest, KeepsSoManyIdleConnectionsAndNoMore) {
  options.idle_per_host = 2;
  {
    std::vector<Lease> leases;
    for (std::size_t i = 0; i < 4; ++i) {
      leases.push_back(check_out());
      exchange(leases[i], i);
    }
    EXPECT_EQ(endpoint->connections(), 4u);
  }
  EXPECT_EQ(pool->idle_count(), 2u);
  EXPECT_EQ(endpoint->connections(), 2u);
}

TEST_F(PoolTest, AConnectionServesSoManyRequestsAndNoMore) {
  options.requests_per_connection = 2;
  idle_connection();
  EXPECT_EQ(pool->idle_count(), 1u);
  idle_connection();
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(origins.size(), 1u);
}

TEST_F(PoolTest, ForWhatCannotBeRepeatedTheKernelIsAskedFirst) {
  for (const Care care : {Care::repeatable, Care::unrepeatable}) {
    auto lease = std::make_optional(check_out());
    net::Stream& stream = lease->client().stream();
    exchange(*lease, origins.size() - 1);
    lease.reset();
    origins.back()->end_writing();
    let_arrive_unheard(stream);
    EXPECT_EQ(reuses_at_once(care), care == Care::repeatable);
  }
}

TEST_F(PoolTest, WhatWasAbortedIsNotUsedAgain) {
  auto lease = std::make_optional(check_out());
  net::Stream& stream = lease->client().stream();
  exchange(*lease, 0);
  lease.reset();
  stream.abort({Fault::malformed, Side::upstream});  // as where urgent data comes
  EXPECT_FALSE(reuses_at_once(Care::repeatable));
}

// An origin that sends content where none may be sends it in a segment of its own as often as not.
TEST_F(PoolTest, BehindAnAnswerWithoutContentTheKernelIsAskedForSurplus) {
  struct Row {
    http::Method method;
    std::string_view response;
  };
  for (const Row& row : {
           Row{http::Method::head, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"},
           Row{http::Method::get, "HTTP/1.1 204 No Content\r\n\r\n"},
           Row{http::Method::get, "HTTP/1.1 304 Not Modified\r\n\r\n"},
       }) {
    for (const bool surplus : {false, true}) {
      auto lease = std::make_optional(check_out());
      net::Stream& stream = lease->client().stream();
      exchange(*lease, origins.size() - 1, row.response, row.method);
      lease.reset();
      ASSERT_EQ(pool->idle_count(), 1u) << row.response;
      if (surplus) {
        put(origins.size() - 1, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        let_arrive_unheard(stream);
      }
      EXPECT_EQ(reuses_at_once(), !surplus) << row.response;
    }
  }
}

TEST_F(PoolTest, AConnectionThatEndsWithItsAnswerIsClosed) {
  auto lease = std::make_optional(check_out());
  exchange(*lease, 0);
  origins[0]->end_writing();
  world.run_until_idle();
  lease.reset();
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(endpoint->connections(), 0u);
}

TEST_F(PoolTest, LearnsFromAConnectionThatIsFoundClosed) {
  auto lease = std::make_optional(check_out());
  net::Stream& stream = lease->client().stream();
  exchange(*lease, 0);
  lease.reset();
  world.advance(10s);
  origins[0]->end_writing();
  let_arrive_unheard(stream);
  EXPECT_FALSE(reuses_at_once(Care::unrepeatable));
  idle_connection();
  world.advance(7900ms);
  EXPECT_EQ(pool->idle_count(), 1u);
  world.advance(100ms);
  EXPECT_EQ(pool->idle_count(), 0u);
}

TEST_F(PoolTest, DestroyingThePoolClosesWhatWaits) {
  idle_connection();
  pool = make_local<Pool>(loop, network, news, endpoint);
  EXPECT_EQ(endpoint->connections(), 0u);
  EXPECT_EQ(network.open_streams(), 0u);
}

TEST_F(PoolTest, NothingWaitsForAnEndpointThatNobodyNames) {
  endpoint->set_named(Named::no);
  idle_connection();
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(endpoint->connections(), 0u);
}

}  // namespace
}  // namespace minato::upstream
