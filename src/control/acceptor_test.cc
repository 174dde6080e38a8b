#include "control/acceptor.h"

#include <gtest/gtest.h>

#include <deque>

#include "sim/peer.h"
#include "sim/sim_network.h"

namespace minato::control {
namespace {

const net::Address address = *net::Address::parse("203.0.113.1", 80);

struct Lines final : observe::LineSink {
  bool put(std::string_view) override {
    ++count;
    return true;
  }
  int count = 0;
};

struct NoFront final : connection::Front {
  NoFront() { trusted_proxies = &nobody; }
  http::Handler& handler() override { std::abort(); }
  net::CidrSet nobody;
};

/// Every worker's: as the control thread does, tells them all.
struct Headquarters final : SlotNews {
  void slot_freed() override {
    for (runtime::Event* const one : events) one->happen();
  }
  std::vector<runtime::Event*> events;
};

/// One worker's intake, and the port on it.
class Worker final : connection::Witness {
 public:
  Worker(sim::SimWorld& world, Quota& quota, Headquarters& headquarters, observe::Log& log)
      : loop(world.add_loop()),
        network(world.wire(), loop),
        quota_(quota),
        news_(headquarters),
        intake_{.server = server,
                .quota = quota,
                .slots = headquarters,
                .slot_freed = slot_freed_,
                .counters = counters,
                .log = log} {
    headquarters.events.push_back(&slot_freed_);
    port->front = LocalRef<connection::Front>(new NoFront);
  }
  ~Worker() override {
    acceptor.reset();
    server.cut();
  }
  void listen(const net::Address& at) {
    acceptor.emplace(loop, intake_, network.listen({.address = at}).value(), port);
  }

  void let_idle_ones_give_way() { intake_.policy = AtTheLimit::close_an_idle_one; }

  sim::SimLoop& loop;
  sim::SimNetwork network;
  observe::Counters counters;
  connection::Server server{loop, *this};
  LocalRef<connection::Port> port = make_local<connection::Port>();

 private:
  void connection_opened() override {}
  void connection_closed() override {
    if (quota_.give()) news_.slot_freed();
  }
  void exchange_ended(const connection::ExchangeEnd&) override {}

  Quota& quota_;
  SlotNews& news_;
  runtime::Event slot_freed_{loop};
  Intake intake_;

 public:
  std::optional<Acceptor> acceptor;
};

class AcceptorTest : public testing::Test {
 protected:
  sim::Peer connect(const net::Address& to = address) {
    runtime::Scope task(clients_loop);
    std::unique_ptr<net::Stream> stream;
    task.start(connect_into(clients, to, stream));
    world.run_until_idle();
    return {world, std::move(stream)};
  }
  static Task<void> connect_into(net::Network& network, net::Address to,
                                 std::unique_ptr<net::Stream>& into) {
    auto made = co_await network.connect(to, never);
    into = *std::move(made);
  }

  sim::SimWorld world{1};
  sim::SimLoop& clients_loop = world.add_loop();
  sim::SimNetwork clients{world.wire(), clients_loop};
  Lines lines;
  observe::Log log{lines};
  Quota quota{100};
  Headquarters headquarters;
  Worker first{world, quota, headquarters, log}, second{world, quota, headquarters, log};
};

TEST_F(AcceptorTest, AtTheLimitConnectionsWaitUntilASlotIsFreed) {
  quota.set_limit(2);
  first.listen(address);
  std::deque<sim::Peer> peers;
  for (int i = 0; i < 4; ++i) peers.push_back(connect());
  EXPECT_EQ(first.server.connections(), 2u);
  EXPECT_EQ(first.network.open_streams(), 2u);  // the others are not even accepted
  for (const std::size_t left : {2u, 2u, 1u, 0u}) {
    peers.front().end();
    peers.pop_front();
    world.run_until_idle();
    EXPECT_EQ(first.server.connections(), left);
  }
  EXPECT_EQ(quota.used(), 0u);
}

TEST_F(AcceptorTest, ThatConnectionsWaitIsSaidOnceSomeDo) {
  quota.set_limit(1);
  first.listen(address);
  auto one = connect();
  EXPECT_EQ(lines.count, 0);
  auto other = connect();
  EXPECT_EQ(lines.count, 1);
  connect().end();
  EXPECT_EQ(lines.count, 1);  // in one interval
  one.end();
  EXPECT_EQ(first.server.connections(), 1u);
  other.end();
  EXPECT_EQ(first.server.connections(), 0u);
}

TEST_F(AcceptorTest, WhereSilentConnectionsGiveWayTheOldestGoesFirst) {
  quota.set_limit(2);
  first.let_idle_ones_give_way();
  first.listen(address);
  std::deque<sim::Peer> peers;
  for (int i = 0; i < 4; ++i) peers.push_back(connect());
  std::vector<bool> ended;
  for (sim::Peer& peer : peers) {
    peer.received();
    ended.push_back(peer.heard_end());
  }
  EXPECT_EQ(ended, (std::vector{true, true, false, false}));
  EXPECT_EQ(first.server.connections(), 2u);
  EXPECT_EQ(lines.count, 0);  // nobody waited
}

TEST_F(AcceptorTest, AStoppedPortAtTheLimitEndsWithoutASlot) {
  quota.set_limit(1);
  first.listen(address);
  auto one = connect();
  first.acceptor->stop();
  world.run_until_idle();
  EXPECT_TRUE(first.acceptor->has_ended());
  EXPECT_EQ(first.server.connections(), 1u);
}

TEST_F(AcceptorTest, APortThatWaitsForClientsTakesNoSlotFromAnother) {
  quota.set_limit(1);
  first.listen(address);
  second.listen(address.with_port(81));
  world.run_until_idle();
  EXPECT_EQ(quota.used(), 0u);
  for (int i = 0; i < 3; ++i) {
    auto one = connect();
    EXPECT_EQ(first.server.connections(), 1u);
    one.end();
    auto other = connect(address.with_port(81));
    EXPECT_EQ(second.server.connections(), 1u);
    other.end();
  }
}

TEST_F(AcceptorTest, ASlotThatIsFreedOnOneWorkerServesAnother) {
  quota.set_limit(1);
  first.listen(address);
  second.listen(address.with_port(81));
  auto one = connect();
  auto other = connect(address.with_port(81));
  EXPECT_EQ(second.server.connections(), 0u);
  one.end();
  EXPECT_EQ(first.server.connections(), 0u);
  EXPECT_EQ(second.server.connections(), 1u);
}

TEST_F(AcceptorTest, WithoutDescriptorsConnectionsWaitAndNothingSpins) {
  first.network.set_streams_max(1);
  first.listen(address);
  auto one = connect();
  const auto other = connect();
  world.advance(1s);
  EXPECT_EQ(first.server.connections(), 1u);
  const auto failures = first.counters.read(observe::Counter::accept_failures);
  EXPECT_GE(failures, 5u);
  EXPECT_LE(failures, 11u);  // ten times a second
  one.end();
  world.advance(200ms);
  EXPECT_EQ(first.server.connections(), 1u);
  EXPECT_EQ(quota.used(), 1u);
}

TEST_F(AcceptorTest, AStoppedPortThatStillServesItsQueueMayGoOn) {
  quota.set_limit(1);
  first.listen(address);
  auto one = connect();
  auto waiting = connect();
  first.acceptor->stop();
  world.run_until_idle();
  EXPECT_TRUE(first.acceptor->resume(first.port));
  auto fresh = connect();
  for (sim::Peer* const peer : {&one, &waiting, &fresh}) {
    EXPECT_EQ(first.server.connections(), 1u);
    peer->end();
  }
  EXPECT_EQ(first.server.connections(), 0u);
  EXPECT_FALSE(first.acceptor->has_ended());
  first.acceptor->stop();
  world.run_until_idle();
  EXPECT_FALSE(first.acceptor->resume(first.port));
}

TEST_F(AcceptorTest, WhatWaitsInTheQueueOfAStoppedPortIsStillTaken) {
  quota.set_limit(1);
  first.listen(address);
  auto one = connect();
  auto other = connect();
  first.acceptor->stop();
  world.run_until_idle();
  EXPECT_FALSE(first.acceptor->has_ended());
  one.end();
  EXPECT_EQ(first.server.connections(), 1u);
  other.end();
  EXPECT_TRUE(first.acceptor->has_ended());
  EXPECT_EQ(quota.used(), 0u);
}

}  // namespace
}  // namespace minato::control
