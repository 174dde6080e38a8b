// What a service says of waiting holds for all its exchanges, whether the origin answers them or
// the cache does.
#include <gtest/gtest.h>

#include "scenario/house.h"

namespace minato::scenario {
namespace {

using observe::Counter;

const net::Address origin_address = *net::Address::parse("10.0.0.1", 8001);

/// How what a client asked for comes to it.
struct Way {
  bool has_cache;
  const char* directive;
  bool is_hit;
};

class IdleClients : public testing::TestWithParam<Way> {
 protected:
  static config::Config config() {
    config::Config config = plain_config({origin_address});
    config.log.level = observe::LogLevel::info;
    config.services.front().timeouts.stream_idle = 10s;
    if (!GetParam().has_cache) return config;
    config.cache.emplace();
    config.services.front().cache = config.cache->service;
    return config;
  }
  /// A client that has asked, and reads when it is told to.
  sim::Peer ask() {
    auto client = connect_to_house(world_, clients_, clients_loop_);
    client.send("GET / HTTP/1.1\r\nHost: site.example\r\n\r\n");
    return client;
  }
  /// The connection that came to the origin, where as much of a large answer has gone out as is
  /// taken.
  sim::Peer answer() {
    sim::Peer origin(world_, std::move((*origin_->accept_now())->stream));
    std::string_view left = answer_;
    for (std::size_t before = left.size() + 1; left.size() < before && !left.empty();) {
      before = left.size();
      left = origin.send_some(left);
    }
    return origin;
  }
  std::uint64_t in_flight() const { return house_.count(Counter::requests_in_flight); }
  std::size_t lines_about(std::string_view text) const { return house_.lines().count(text); }
  void advance(Nanos span) { world_.advance(span); }

 private:
  static constexpr std::size_t size = 900'000;  // more than the connections hold
  const std::string answer_ =
      "HTTP/1.1 200 OK\r\nCache-Control: " + std::string(GetParam().directive) +
      "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'x');
  sim::SimWorld world_{1};
  sim::SimLoop& clients_loop_ = world_.add_loop();
  sim::SimLoop& origin_loop_ = world_.add_loop();
  sim::SimNetwork clients_{world_.wire(), clients_loop_};
  sim::SimNetwork origins_{world_.wire(), origin_loop_};
  std::unique_ptr<net::Listener> origin_ = origins_.listen({.address = origin_address}).value();
  House house_{world_, config()};
};

INSTANTIATE_TEST_SUITE_P(Ways, IdleClients,
                         testing::Values(Way{false, "max-age=60", false},
                                         Way{true, "max-age=60", true},
                                         Way{true, "max-age=60", false},
                                         Way{true, "no-store", false}));

TEST_P(IdleClients, AreGivenUpWhenTheServiceSaysSo) {
  auto client = ask();
  const auto origin = answer();
  if (GetParam().is_hit) {
    EXPECT_TRUE(client.received().ends_with("xx"));
    client = ask();
  }
  EXPECT_EQ(in_flight(), 1u);
  advance(11s);
  EXPECT_EQ(in_flight(), 0u);
  EXPECT_EQ(lines_about("reason=client_too_slow service=site"), 1u);
}

}  // namespace
}  // namespace minato::scenario
