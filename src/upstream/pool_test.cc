#include "upstream/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

#include "runtime/scope.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"
#include "upstream/pools.h"

namespace minato::upstream {
namespace {

using connection::Http1Client;
using testing::ElementsAre;
using testing::IsEmpty;

const net::Address address = *net::Address::parse("10.0.0.1", 80);

struct News final : ConnectNews {
  void connect_failed(const Endpoint&, const Error& error) override {
    faults.push_back(error.fault);
  }
  void connect_recovered(const Endpoint&) override { ++recovered; }
  std::vector<Fault> faults;
  int recovered = 0;
};

/// A pool, and the origin that it connects to, which is the test.
class PoolTest : public testing::Test {
 protected:
  PoolTest() { listen(); }

  void listen() {
    listener = origin_network.listen({.address = address}).value();
    accepting.start(accept_all(*this));
  }
  void stop_listening() {
    accepting.cancel_all();
    listener.reset();
  }
  static Task<void> accept_all(PoolTest& test) {
    for (;;) {
      auto accepted = co_await test.listener->accept();
      if (!accepted) co_return;
      test.origins.push_back(std::move(accepted->stream));
    }
  }

  static Task<void> check_out_into(PoolTest& test, Care care, std::optional<Result<Lease>>& into) {
    auto lease = co_await test.pool->check_out(test.options, care, test.loop.now() + 5s);
    into.emplace(std::move(lease));
  }
  Result<Lease> try_check_out(Care care = Care::repeatable) {
    std::optional<Result<Lease>> lease;
    runtime::Scope task(loop);
    task.start(check_out_into(*this, care, lease));
    world.run_until([&] { return lease.has_value(); }, 1h);
    return std::move(*lease);
  }
  Lease check_out(Care care = Care::repeatable) { return std::move(try_check_out(care).value()); }

  /// An exchange on `lease`, answered with `response` by its origin.
  void exchange(Lease& lease, std::size_t origin, std::string_view response = ok,
                http::Method method = http::Method::get) {
    Http1Client& client = lease.client();
    head = http::ResponseHead(arena);
    client.begin({.response = head, .rules = rules});
    http::RequestHead request(arena);
    request.method = method;
    request.method_text = method == http::Method::head ? "HEAD" : "GET";
    request.target.text = "/";
    EXPECT_TRUE(client.start(request, http::BodyLength::none()));
    runtime::Scope task(loop);
    task.start(converse(client));
    world.run_until_idle();
    send(origin, response);
    EXPECT_EQ(task.running(), 0u);
  }
  static Task<void> converse(Http1Client& client) {
    EXPECT_TRUE(co_await client.finish(nullptr));
    EXPECT_TRUE(co_await client.read_head(never));
    while (!client.body_ended()) EXPECT_TRUE(co_await client.read_body());
  }
  /// One exchange from check-out to return; its connection then waits.
  void idle_connection(std::string_view response = ok) {
    auto lease = check_out();
    exchange(lease, origins.size() - 1, response);
  }
  void send(std::size_t origin, std::string_view bytes) {
    put(origin, bytes);
    world.run_until_idle();
  }
  void put(std::size_t origin, std::string_view bytes) {
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    std::span<iovec> pieces(&piece, 1);
    EXPECT_TRUE(origins[origin]->write_now(pieces));
  }
  /// What the newest origin has just done is with the kernel, though the loop has had no turn to
  /// hear of it.
  void let_arrive_unheard(net::Stream& idle) {
    world.run_until([&] { return !idle.quiet(); }, 1s);
    ASSERT_EQ(pool->idle_count(), 1u);
  }
  bool reuses_at_once(Care care = Care::repeatable) {
    return pool->check_out(options, care, loop.now() + 5s).ready();
  }

  static constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  sim::SimNetwork network{world.wire(), loop};
  sim::SimNetwork origin_network{world.wire(), loop};
  std::unique_ptr<net::Listener> listener;
  std::vector<std::unique_ptr<net::Stream>> origins;  // as they were accepted
  runtime::Scope accepting{loop};
  BlockPool blocks;
  Arena arena{blocks};
  http::ResponseHead head{arena};
  http::BodyRules rules;
  News news;
  PoolOptions options;
  std::shared_ptr<Endpoint> endpoint =
      std::make_shared<Endpoint>(EndpointId{1}, "http://b", address);
  LocalRef<Pool> pool = make_local<Pool>(loop, network, news, endpoint);
};

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

TEST_F(PoolTest, AFailedConnectIsToldAndItsEndToo) {
  stop_listening();
  for (int i = 0; i < 2; ++i) {
    const auto lease = try_check_out();
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().fault, Fault::refused);
    EXPECT_EQ(lease.error().side, Side::upstream);
  }
  EXPECT_THAT(news.faults, ElementsAre(Fault::refused, Fault::refused));
  EXPECT_EQ(endpoint->failed_connects(), 2u);
  EXPECT_EQ(endpoint->connections(), 0u);
  listen();
  (void)check_out();
  (void)check_out();
  EXPECT_EQ(news.recovered, 1);
}

TEST_F(PoolTest, OfFailuresWithoutEndOneASecondIsTold) {
  stop_listening();
  for (int i = 0; i < 150; ++i) EXPECT_FALSE(try_check_out());
  EXPECT_EQ(news.faults.size(), HealthOptions::fall_max);
  EXPECT_EQ(endpoint->failed_connects(), 150u);
  for (int i = 0; i < 3; ++i) {
    world.advance(1s);
    EXPECT_FALSE(try_check_out() || try_check_out());
  }
  EXPECT_EQ(news.faults.size(), HealthOptions::fall_max + 3);
  listen();
  (void)check_out();
  stop_listening();
  EXPECT_FALSE(try_check_out());
  EXPECT_EQ(news.faults.size(), HealthOptions::fall_max + 4);
}

TEST_F(PoolTest, ASilentEndpointTimesOut) {
  world.wire().silence(address);
  const auto lease = try_check_out();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().fault, Fault::timed_out);
  EXPECT_THAT(news.faults, ElementsAre(Fault::timed_out));
}

TEST_F(PoolTest, OurOwnLackOfDescriptorsIsNoFaultOfTheEndpoint) {
  network.set_streams_max(0);
  const auto lease = try_check_out();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().fault, Fault::resource);
  EXPECT_THAT(news.faults, IsEmpty());
  EXPECT_EQ(endpoint->failed_connects(), 0u);
}

/// Where the process may watch no further descriptor.
struct Exhausted final : net::Network {
  Task<Result<std::unique_ptr<net::Stream>>> connect(const net::Address&, Instant) override {
    co_return fail(Fault::closed, Side::local, "cannot watch a descriptor");
  }
  Result<std::unique_ptr<net::Listener>> listen(const net::ListenOptions&) override {
    return fail(Fault::denied, Side::local, "");
  }
};

TEST_F(PoolTest, NorIsAnyOtherFailureOfOurs) {
  Exhausted exhausted;
  pool = make_local<Pool>(loop, exhausted, news, endpoint);
  EXPECT_FALSE(try_check_out());
  EXPECT_THAT(news.faults, IsEmpty());
  EXPECT_EQ(endpoint->failed_connects(), 0u);
}

TEST_F(PoolTest, DestroyingThePoolClosesWhatWaits) {
  idle_connection();
  pool = make_local<Pool>(loop, network, news, endpoint);
  EXPECT_EQ(endpoint->connections(), 0u);
  EXPECT_EQ(network.open_streams(), 0u);
}

TEST_F(PoolTest, TheSameEndpointFindsItsPoolAgain) {
  Pools pools(loop, network, news);
  {
    pool = pools.of(*endpoint);
    idle_connection();
    pool = make_local<Pool>(loop, network, news, endpoint);
  }
  EXPECT_EQ(pools.of(*endpoint)->idle_count(), 1u);
  pools.clear();
  EXPECT_EQ(pools.of(*endpoint)->idle_count(), 0u);
}

TEST_F(PoolTest, APoolStaysWhileItsEndpointIsNamedOrInUse) {
  Pools pools(loop, network, news);
  (void)pools.of(*endpoint);
  pools.forget_unnamed();
  EXPECT_EQ(endpoint.use_count(), 3) << "the test's, its pool's, and the one made here";
  endpoint->set_named(Named::no);
  {
    const auto in_use = pools.of(*endpoint);
    pools.forget_unnamed();
    EXPECT_EQ(endpoint.use_count(), 3);
  }
  pools.forget_unnamed();
  EXPECT_EQ(endpoint.use_count(), 2);
}

TEST_F(PoolTest, WhatWasLearntStaysWhereNothingWaits) {
  Pools pools(loop, network, news);
  pool = pools.of(*endpoint);
  idle_connection("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=10\r\nContent-Length: 0\r\n\r\n");
  world.advance(8s);
  EXPECT_EQ(pool->idle_count(), 0u);
  pool = LocalRef<Pool>();
  const auto another = std::make_shared<Endpoint>(EndpointId{2}, "http://c", address);
  (void)pools.of(*another);
  pool = pools.of(*endpoint);
  idle_connection();
  world.advance(8s);
  EXPECT_EQ(pool->idle_count(), 0u);
}

TEST_F(PoolTest, NothingWaitsForAnEndpointThatNobodyNames) {
  endpoint->set_named(Named::no);
  idle_connection();
  EXPECT_EQ(pool->idle_count(), 0u);
  EXPECT_EQ(endpoint->connections(), 0u);
}

}  // namespace
}  // namespace minato::upstream
