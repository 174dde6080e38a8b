// A reload that brings a name along.
#include <gtest/gtest.h>

#include "scenario/house.h"

namespace minato::scenario {
namespace {

constexpr const char* name = "origin.example";

class NameOfAReload : public testing::Test {
 protected:
  const net::Address address_ = *net::Address::parse("10.0.0.1", 8001);

  config::Config named() const {
    config::Config config = plain_config({address_});
    config.services.front().upstreams.front().host.host = name;
    return config;
  }
  /// The status line that a client is told by now.
  std::string ask() {
    auto client = connect_to_house(world_, clients_, clients_loop_);
    client.send("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n");
    while (auto accepted = origin_->accept_now())
      sim::Peer(world_, std::move((*accepted)->stream)).send("HTTP/1.1 204 No Content\r\n\r\n");
    return client.received().substr(0, 12);
  }

  sim::SimWorld world_{1};
  sim::SimLoop& clients_loop_ = world_.add_loop();
  sim::SimLoop& origin_loop_ = world_.add_loop();
  sim::SimNetwork clients_{world_.wire(), clients_loop_};
  sim::SimNetwork origins_{world_.wire(), origin_loop_};
  std::unique_ptr<net::Listener> origin_ = origins_.listen({.address = address_}).value();
  House house_{world_, plain_config({address_})};
};

TEST_F(NameOfAReload, IsKnownFromTheFirstRequest) {
  house_.names().known[name] = {address_};
  house_.names().delay = 500ms;
  EXPECT_TRUE(house_.reload(named()).accepted);
  EXPECT_EQ(ask(), "HTTP/1.1 204");
}

TEST_F(NameOfAReload, HoldsNothingUpWhereItDoesNotResolve) {
  house_.names().delay = 1h;
  const Instant began = world_.now();
  EXPECT_TRUE(house_.reload(named()).accepted);
  EXPECT_LE(world_.now() - began, 2s);
  EXPECT_EQ(ask(), "HTTP/1.1 502");
}

}  // namespace
}  // namespace minato::scenario
