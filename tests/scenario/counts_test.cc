// What is counted of exchanges and connections, and what the program log says of those that fail.
#include <gtest/gtest.h>

#include "scenario/house.h"

namespace minato::scenario {
namespace {

using observe::Counter;

class Counts : public testing::Test {
 protected:
  static config::Config config() {
    config::Config config = plain_config({*net::Address::parse("10.0.0.1", 8001)});
    config.log.level = observe::LogLevel::info;
    config.services.front().retries.attempts = 0;
    return config;
  }
  sim::Peer connect() { return connect_to_house(world_, clients_, clients_loop_); }
  /// A client that has asked.
  sim::Peer ask() {
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n");
    return client;
  }
  /// The connection that came to the origin.
  sim::Peer accept() {
    world_.run_until_idle();
    auto accepted = origin_->accept_now();
    return {world_, std::move((*accepted)->stream)};
  }
  std::uint64_t count(Counter counter) const { return house_.count(counter); }

  sim::SimWorld world_{1};
  sim::SimLoop& clients_loop_ = world_.add_loop();
  sim::SimLoop& origin_loop_ = world_.add_loop();
  sim::SimNetwork clients_{world_.wire(), clients_loop_};
  sim::SimNetwork origins_{world_.wire(), origin_loop_};
  std::unique_ptr<net::Listener> origin_ =
      origins_.listen({.address = *net::Address::parse("10.0.0.1", 8001)}).value();
  House house_{world_, config()};
};

constexpr std::string_view whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(Counts, ARequestIsInFlightFromItsFirstByteToTheEndOfItsAnswer) {
  auto client = connect();
  client.send("GET / HT");
  EXPECT_EQ(count(Counter::requests_in_flight), 1u);
  client.send("TP/1.1\r\nHost: site.example\r\n\r\n");
  auto origin = accept();
  EXPECT_EQ(count(Counter::requests_in_flight), 1u);
  origin.send(whole);
  EXPECT_EQ(count(Counter::requests_in_flight), 0u);
  EXPECT_EQ(count(Counter::requests), 1u);
  EXPECT_EQ(count(Counter::exchanges_cut), 0u);
}

TEST_F(Counts, AnExchangeIsCutWhereItsAnswerIsNotWhole) {
  auto first = ask();
  auto origin = accept();
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok");
  origin.end();
  EXPECT_EQ(count(Counter::exchanges_cut), 1u);
  auto second = ask();
  second.reset();
  EXPECT_EQ(count(Counter::exchanges_cut), 2u);
  EXPECT_EQ(count(Counter::requests_in_flight), 0u);
}

TEST_F(Counts, AnAnswerOfMinatosOwnIsWhole) {
  auto client = ask();
  accept().reset();
  EXPECT_EQ(client.received().substr(0, 12), "HTTP/1.1 502");
  EXPECT_EQ(count(Counter::exchanges_cut), 0u);
  EXPECT_EQ(count(Counter::responses_5xx), 1u);
}

TEST_F(Counts, ConnectionsToEndpointsAreOpenedReusedAndClosed) {
  auto client = ask();
  auto origin = accept();
  origin.send(whole);
  EXPECT_EQ(count(Counter::upstream_connections_opened), 1u);
  EXPECT_EQ(count(Counter::upstream_connections_reused), 0u);
  EXPECT_EQ(count(Counter::upstream_connections_open), 1u);
  client.send("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n");
  origin.send(whole);
  EXPECT_EQ(count(Counter::upstream_connections_opened), 1u);
  EXPECT_EQ(count(Counter::upstream_connections_reused), 1u);
  origin.end();
  EXPECT_EQ(count(Counter::upstream_connections_open), 0u);
}

constexpr std::string_view upgrade =
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
constexpr std::string_view switching =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

TEST_F(Counts, ATunnelThatHasEnded) {
  auto client = connect();
  client.send(upgrade);
  auto origin = accept();
  origin.send(switching);
  origin.end();
  client.end();
  EXPECT_EQ(count(Counter::upgrades), 1u);
  EXPECT_EQ(count(Counter::exchanges_cut), 0u);
}

TEST_F(Counts, ATunnelThatBreaksIsCut) {
  auto client = connect();
  client.send(upgrade);
  auto origin = accept();
  origin.send(switching);
  (void)client.received();
  client.reset();
  EXPECT_EQ(count(Counter::upgrades), 1u);
  EXPECT_EQ(count(Counter::exchanges_cut), 1u);
}

TEST_F(Counts, ATunnelThatItsClientDidNotHearOfIsNone) {
  auto& faults = world_.wire().faults();
  faults.buffer_min = faults.buffer_max = switching.size();  // without Date
  auto client = connect();
  client.send(upgrade);
  auto origin = accept();
  for (std::string request; !request.ends_with("\r\n\r\n");) request += origin.received();
  origin.send(switching);
  client.reset();
  EXPECT_EQ(count(Counter::exchanges_cut), 1u);
  EXPECT_EQ(count(Counter::upgrades), 0u);
}

TEST_F(Counts, AConnectThatFails) {
  origin_.reset();
  auto client = ask();
  EXPECT_EQ(client.received().substr(0, 12), "HTTP/1.1 502");
  EXPECT_EQ(count(Counter::upstream_connect_failures), 1u);
  EXPECT_EQ(count(Counter::upstream_connections_opened), 0u);
}

TEST_F(Counts, ClientsThatVanishAreSaidOnceInAnInterval) {
  for (int i = 0; i < 3; ++i) ask().reset();
  EXPECT_EQ(house_.lines().count("exchange.client_gone"), 1u);
  world_.advance(10s);
  ask().reset();
  EXPECT_EQ(house_.lines().count("exchange.client_gone"), 2u);
  EXPECT_EQ(house_.lines().count("times=3"), 1u);  // those in between and the last
}

TEST_F(Counts, OriginsThatResetAreSaidOnceInAnInterval) {
  for (int i = 0; i < 3; ++i) {
    auto client = ask();
    accept().reset();
  }
  EXPECT_EQ(house_.lines().count("exchange.upstream_broken"), 1u);
  EXPECT_EQ(house_.lines().count("endpoint=10.0.0.1:8001"), 1u);
  EXPECT_EQ(house_.lines().count("endpoint.down"), 0u);
}

TEST_F(Counts, WithoutADescriptorForTheEndpointTheAnswerIs503AndTheEndpointStaysUp) {
  house_.network(0).set_streams_max(1);
  for (int i = 0; i < 5; ++i) {
    auto client = ask();
    EXPECT_EQ(client.received().substr(0, 12), "HTTP/1.1 503");
    client.reset();
  }
  EXPECT_EQ(house_.lines().count("exchange.out_of_resources"), 1u);
  EXPECT_EQ(house_.lines().count("endpoint.down"), 0u);
  house_.network(0).set_streams_max(2);
  auto client = ask();
  accept().send(whole);
  EXPECT_EQ(client.received().substr(0, 12), "HTTP/1.1 200");
}

TEST_F(Counts, IdleConnectionsToEndpointsMakeRoomForNewOnes) {
  auto first = ask(), second = ask();
  auto one = accept(), other = accept();
  one.send(whole);
  other.send(whole);
  second.reset();  // two idle connections to the endpoint, and one client
  config::Config next = config();
  next.services.front().upstreams.front().host.port = 8002;
  const auto elsewhere =
      origins_.listen({.address = *net::Address::parse("10.0.0.1", 8002)}).value();
  EXPECT_TRUE(house_.reload(next).accepted);
  house_.network(0).set_streams_max(3);
  first.send("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n");
  auto accepted = elsewhere->accept_now();
  ASSERT_TRUE(accepted.has_value());
  one.received();
  EXPECT_TRUE(one.heard_all());
  EXPECT_EQ(count(Counter::upstream_connections_open), 1u);
}

}  // namespace
}  // namespace minato::scenario
