// RFC 9112 9.6: who is answered before it has sent all must be able to read the answer.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "connection/server.h"
#include "sim/peer.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"

namespace minato::connection {
namespace {

struct Nobody final : Front, http::Handler {
  Nobody() { trusted_proxies = &nobody; }
  http::Handler& handler() override { return *this; }
  Task<http::Outcome> handle(http::Request&, http::Responder&) override {
    co_return std::unexpected(http::Failure{http::Reason::body_too_large});
  }
  net::CidrSet nobody;
};

struct Counting final : Witness {
  void connection_opened() override { ++open; }
  void connection_closed() override { --open; }
  void exchange_ended(const ExchangeEnd&) override {}
  int open = 0;
};

/// A server that refuses a large upload of one client, and has answered.
class Linger : public testing::Test {
 protected:
  Linger() {
    const auto address = *net::Address::parse("10.0.0.1", 80);
    const auto listener = network_.listen({.address = address}).value();
    runtime::Scope scope(loop_);
    scope.start(connect(*this, address));
    world_.run_until_idle();
    auto port = make_local<Port>();
    port->front = LocalRef<Front>(new Nobody);
    server_.serve(std::move(*listener->accept_now()).value(), port);
    client_->send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
  }
  static Task<void> connect(Linger& test, net::Address address) {
    test.client_.emplace(test.world_, (co_await test.network_.connect(address, never)).value());
  }

  void send() { client_->send(std::string(64u << 10, 'x')); }
  bool is_open() const { return witness_.open > 0; }
  /// Whether the connection outlives `pieces` that come `apart`.
  bool outlives(int pieces, Nanos apart) {
    for (int piece = 0; piece < pieces && is_open(); ++piece) {
      send();
      world_.advance(apart);
    }
    return is_open();
  }

  sim::SimWorld world_{1};
  sim::SimLoop& loop_ = world_.add_loop();
  sim::SimNetwork network_{world_.wire(), loop_};
  Counting witness_;
  Server server_{loop_, witness_};
  std::optional<sim::Peer> client_;
};

TEST_F(Linger, AClientThatReadsBehindItsUploadGetsTheAnswer) {
  EXPECT_TRUE(outlives(1600, 10ms));  // 100 MiB
  EXPECT_TRUE(client_->received().starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(client_->heard_end());
  client_->end();
  EXPECT_FALSE(is_open());
}

TEST_F(Linger, HoldsNoMemoryWhileItWaits) {
  send();
  EXPECT_EQ(loop_.blocks().lent_bytes(), 0u);
  EXPECT_TRUE(is_open());
}

TEST_F(Linger, NotForWhoIsSilent) {
  EXPECT_TRUE(outlives(3, 4s));
  world_.advance(5s);
  EXPECT_FALSE(is_open());
}

TEST_F(Linger, NotForEver) {
  EXPECT_TRUE(outlives(29, 4s));
  EXPECT_FALSE(outlives(3, 4s));
}

TEST_F(Linger, NotLongOnceTheWorkerDrains) {
  EXPECT_TRUE(outlives(10, 1s));
  server_.drain();
  EXPECT_TRUE(outlives(4, 1s));
  EXPECT_FALSE(outlives(4, 1s));
}

}  // namespace
}  // namespace minato::connection
