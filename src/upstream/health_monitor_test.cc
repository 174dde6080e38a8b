#include "upstream/health_monitor.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "sim/sim_network.h"
#include "sim/sim_world.h"

namespace minato::upstream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view bad = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

/// A server that answers every request with the same bytes.
class Origin {
 public:
  Origin(sim::SimLoop& loop, net::Network& network, net::Address address)
      : loop_(loop),
        listener_(network.listen({.address = std::move(address)}).value()),
        scope_(loop) {
    scope_.start(serve());
  }

  std::string answer{ok};
  bool keeps_open = false;  ///< says no more, and does not end its side either
  std::vector<std::string> requests;
  std::vector<Instant> accepted;
  std::size_t ended = 0;  ///< connections whose end the client took in order

 private:
  Task<void> serve() {
    for (;;) {
      auto connection = co_await listener_->accept();
      if (!connection) co_return;
      accepted.push_back(loop_.now());
      scope_.start(converse(std::move(connection->stream)));
    }
  }
  Task<void> converse(std::unique_ptr<net::Stream> stream) {
    const std::size_t number = requests.size();
    requests.emplace_back();
    std::array<char, 1024> buffer;
    while (!requests[number].ends_with("\r\n\r\n")) {
      const auto count = co_await stream->read(buffer, never);
      if (!count || *count == 0) co_return;
      requests[number].append(buffer.data(), *count);
    }
    std::string bytes = answer;
    iovec piece{bytes.data(), bytes.size()};
    const auto written = co_await stream->write(std::span(&piece, 1), 0ms);
    if (!written) co_return;
    if (!keeps_open) stream->end_writing();
    const auto last = co_await stream->read(buffer, never);
    if (last && *last == 0) ++ended;
  }

  sim::SimLoop& loop_;
  std::unique_ptr<net::Listener> listener_;
  runtime::Scope scope_;
};

net::Address address_of(std::size_t number) {
  return *net::Address::parse(fmt::format("10.0.{}.{}", number / 250, 1 + number % 250), 80);
}

GroupConfig service(std::string_view name, std::size_t endpoints = 1) {
  GroupConfig made;
  made.name = name;
  for (std::size_t i = 0; i < endpoints; ++i)
    made.entries.emplace_back().host.host = address_of(i).host_text();
  return made;
}

/// A registry of services, a monitor on it, and what it told.
struct Scene {
  explicit Scene(std::uint64_t seed) : world(seed) {}

  void apply(std::vector<GroupConfig> services) {
    groups = registry.apply(std::move(services), {});
    monitor.sync();
  }
  void advance(Nanos span) { world.advance(span); }
  Origin& origin(std::size_t number = 0) {
    return *origins.emplace_back(
        std::make_unique<Origin>(servers, server_side, address_of(number)));
  }
  /// What a service that is checked so tells in the time of its first probe.
  std::vector<std::string> told_by(const HealthOptions& options) {
    GroupConfig shop = service("shop");
    shop.health = options;
    apply({shop});
    advance(1s + options.timeout + options.tcp_timeout);
    return told;
  }

  sim::SimWorld world;
  sim::SimLoop& servers = world.add_loop();
  sim::SimLoop& control = world.add_loop();
  sim::SimNetwork server_side{world.wire(), servers};
  sim::SimNetwork network{world.wire(), control};
  std::vector<std::unique_ptr<Origin>> origins;
  std::vector<std::string> told;
  std::vector<std::shared_ptr<Group>> groups;
  Registry registry{1};
  HealthMonitor monitor{control, network, registry,
                        [this](const Transition& change) { told.push_back(to_string(change)); }};
};

class HealthMonitorTest : public testing::Test, protected Scene {
 protected:
  HealthMonitorTest() : Scene(1) {}
};

// When.

TEST_F(HealthMonitorTest, TheFirstProbeGoesOutWithinASecond) {
  const Origin& server = origin();
  apply({service("shop")});
  advance(1s);
  EXPECT_EQ(server.requests.size(), 1u);
}

TEST_F(HealthMonitorTest, ProbesFollowEveryIntervalATenthMoreOrLess) {
  const Origin& server = origin();
  apply({service("shop")});
  advance(10min);
  ASSERT_GT(server.accepted.size(), 50u);
  Nanos shortest = 1h, longest = 0s;
  for (std::size_t i = 1; i < server.accepted.size(); ++i) {
    const Nanos gap = server.accepted[i] - server.accepted[i - 1];
    shortest = std::min(shortest, gap), longest = std::max(longest, gap);
  }
  EXPECT_GE(shortest, 9s);
  EXPECT_LE(longest, 11s);
  EXPECT_GT(longest - shortest, 1s);
}

TEST_F(HealthMonitorTest, AThousandEndpointsDoNotFireTogether) {
  constexpr std::size_t count = 1'000;
  for (std::size_t i = 0; i < count; ++i) origin(i);
  apply({service("shop", count)});
  advance(30s);
  std::array<std::size_t, 3'100> by_centisecond{};
  const Instant start = world.now() - 30s;
  for (const auto& server : origins) {
    ASSERT_GE(server->accepted.size(), 2u);
    for (const Instant at : server->accepted)
      ++by_centisecond[static_cast<std::size_t>((at - start) / 10ms)];
  }
  EXPECT_LT(*std::ranges::max_element(by_centisecond), 40u);
}

TEST_F(HealthMonitorTest, OneProbeServesAllServicesThatAskTheSame) {
  const Origin& server = origin();
  apply({service("shop"), service("cart"), service("blog")});
  advance(1s);
  EXPECT_EQ(server.requests.size(), 1u);
  EXPECT_EQ(monitor.running(), 1u);
}

TEST_F(HealthMonitorTest, TheShortestIntervalOfThoseThatAskTheSameHolds) {
  const Origin& server = origin();
  GroupConfig shop = service("shop"), cart = service("cart");
  shop.health.interval = 1h;
  apply({shop});
  advance(1s);
  EXPECT_EQ(server.requests.size(), 1u);
  cart.health.interval = 10s;
  apply({shop, cart});
  advance(61s);
  EXPECT_EQ(monitor.running(), 1u);
  EXPECT_GE(server.requests.size(), 6u);
  EXPECT_LE(server.requests.size(), 8u);
}

TEST_F(HealthMonitorTest, WhatAppearsOnAReloadIsProbedWithinASecond) {
  GroupConfig shop = service("shop", 2);
  shop.health.interval = 1h;
  const Origin &first = origin(0), &second = origin(1);
  const auto last = shop.entries.back();
  shop.entries.pop_back();
  apply({shop});
  advance(10min);
  EXPECT_EQ(second.requests.size(), 0u);
  shop.entries.push_back(last);
  apply({shop});
  advance(1s);
  EXPECT_EQ(second.requests.size(), 1u);
  EXPECT_EQ(first.requests.size(), 1u);
}

TEST_F(HealthMonitorTest, ACheckThatIsGoneIsCancelledInTheMiddle) {
  Origin& server = origin();
  server.answer = "";
  server.keeps_open = true;
  apply({service("shop")});
  advance(1s);
  EXPECT_EQ(network.open_streams(), 1u);
  apply({});
  advance(100ms);
  EXPECT_EQ(network.open_streams(), 0u);
  advance(1min);
  EXPECT_EQ(server.requests.size(), 1u);
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(HealthMonitorTest, ACheckThatStaysKeepsItsTimeOverAReload) {
  const Origin& server = origin();
  apply({service("shop")});
  advance(1s);
  apply({service("shop"), service("cart")});
  advance(5s);
  EXPECT_EQ(server.requests.size(), 1u);
}

// What.

TEST_F(HealthMonitorTest, AsksInASmallRequestOfItsOwn) {
  const Origin& server = origin();
  GroupConfig shop = service("shop");
  shop.entries[0].host.base_path = "/base";
  shop.entries[0].health_uri = "/health?full=1";
  apply({shop});
  advance(1s);
  EXPECT_THAT(server.requests, ElementsAre("GET /base/health?full=1 HTTP/1.1\r\n"
                                           "Host: 10.0.0.1\r\n"
                                           "User-Agent: minato-health\r\n"
                                           "Connection: close\r\n\r\n"));
}

TEST_F(HealthMonitorTest, ATcpCheckSendsNothing) {
  const Origin& server = origin();
  EXPECT_THAT(told_by({.type = HealthType::tcp}), IsEmpty());
  EXPECT_THAT(server.requests, ElementsAre(""));
}

TEST_F(HealthMonitorTest, TakesAnAnswerToItsEndAndClosesInOrder) {
  const Origin& server = origin();
  apply({service("shop")});
  advance(2s);
  EXPECT_EQ(server.ended, 1u);
  EXPECT_EQ(network.open_streams(), 0u);
}

// Down and up.

TEST_F(HealthMonitorTest, TellsAChangeOnceWithItsReason) {
  Origin& server = origin();
  apply({service("shop")});
  advance(15s);
  EXPECT_THAT(told, IsEmpty()) << "it starts as up";
  server.answer = bad;
  advance(30s);
  EXPECT_THAT(told, ElementsAre("10.0.0.1:80 (http://10.0.0.1) is down: check answered 503"));
  server.answer = ok;
  advance(30s);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1], "10.0.0.1:80 (http://10.0.0.1) is up: check passed");
}

struct Failing {
  std::string_view rule, answer, reason;
};
class FailingProbe : public HealthMonitorTest, public testing::WithParamInterface<Failing> {};

TEST_P(FailingProbe, TakesTheEndpointOut) {
  Origin& server = origin();
  server.answer = GetParam().answer;
  server.keeps_open = GetParam().answer.empty();
  const auto lines = told_by({});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::HasSubstr(GetParam().reason));
  EXPECT_EQ(network.open_streams(), 0u);
}

std::string interim_without_end() {
  std::string answer;
  for (int i = 0; i < 100; ++i) answer += "HTTP/1.1 103 Early Hints\r\n\r\n";
  return answer;
}
const std::string interims = interim_without_end();
const std::string endless_head = "HTTP/1.1 200 OK\r\nA: " + std::string(100'000, 'a');

INSTANTIATE_TEST_SUITE_P(
    Answers, FailingProbe,
    testing::Values(Failing{"NoAnswer", "", "check failed: timed out"},
                    Failing{"AnUnexpectedStatus", "HTTP/1.1 404 Not Found\r\n\r\n",
                            "check answered 404"},
                    Failing{"WhatIsNotHttp", "SSH-2.0-OpenSSH\r\n", "check failed: malformed"},
                    Failing{"HalfAHead", "HTTP/1.1 200 OK\r\nContent-", "check failed: closed"},
                    Failing{"AHeadWithoutEnd", endless_head, "check failed: fields too large"},
                    Failing{"InterimResponsesWithoutEnd", interims, "check failed: malformed"}),
    [](const auto& row) { return std::string(row.param.rule); });

TEST_F(HealthMonitorTest, ARefusedConnectTakesTheEndpointOut) {
  EXPECT_THAT(told_by({}), ElementsAre(testing::HasSubstr("is down: check failed: refused")));
}

TEST_F(HealthMonitorTest, AConnectThatTakesTooLongTakesTheEndpointOut) {
  world.wire().silence(address_of(0));
  GroupConfig shop = service("shop");
  apply({shop});
  advance(2s);
  EXPECT_THAT(told, ElementsAre(testing::HasSubstr("is down: check failed: timed out")));
}

TEST_F(HealthMonitorTest, PassesAnInterimResponseOver) {
  Origin& server = origin();
  server.answer = "HTTP/1.1 103 Early Hints\r\n\r\n" + std::string(bad);
  EXPECT_THAT(told_by({}), ElementsAre(testing::HasSubstr("503")));
}

TEST_F(HealthMonitorTest, DoesNotWaitForABodyToKnow) {
  Origin& server = origin();
  server.answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1000000\r\n\r\nslow";
  server.keeps_open = true;
  apply({service("shop")});
  advance(1s);
  EXPECT_EQ(told.size(), 1u);
  advance(5s);
  EXPECT_EQ(network.open_streams(), 0u);
}

TEST_F(HealthMonitorTest, ReadsNoBodyWithoutEnd) {
  Origin& server = origin();
  server.answer = "HTTP/1.1 200 OK\r\n\r\n" + std::string(1'000'000, 'x');
  server.keeps_open = true;
  apply({service("shop")});
  advance(1s);
  EXPECT_EQ(network.open_streams(), 0u);
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(HealthMonitorTest, DoesNotBlameAnEndpointForDescriptorsThatWeLack) {
  const Origin& server = origin();
  network.set_streams_max(0);
  EXPECT_THAT(told_by({}), IsEmpty());
  network.set_streams_max(10);
  advance(15s);
  EXPECT_GE(server.requests.size(), 1u);
}

// Whatever the network does, what is told is one change after the other, and in the end, when the
// network is quiet and the origins are well, everything is up and nothing is left open.
TEST(HealthMonitorSeeds, FindsEverythingUpAgainOnceAllIsWell) {
  std::size_t changes = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Scene scene(seed);
    scene.world.wire().faults() = sim::any_faults(scene.world.random());
    for (std::size_t i = 0; i < 3; ++i) scene.origin(i);
    scene.apply({service("shop", 3)});
    for (int round = 0; round < 10; ++round) {
      for (const auto& server : scene.origins)
        server->answer = scene.world.random().one_in(3) ? bad : ok;
      scene.advance(7s);
    }
    scene.world.wire().faults() = {};
    for (const auto& server : scene.origins) server->answer = ok;
    scene.advance(30s);
    for (const auto& check : scene.registry.checks()) EXPECT_TRUE(check->health.up());
    scene.apply({});
    scene.advance(100ms);
    EXPECT_EQ(scene.network.open_streams(), 0u);
    std::map<std::string, std::string> last;
    for (const std::string& line : scene.told) {
      const auto is = line.find(" is ");
      std::string& before = last.try_emplace(line.substr(0, is), "up").first->second;
      const std::string now = line.substr(is + 4, line.find(':', is) - is - 4);
      EXPECT_NE(now, before) << line;
      before = now;
      ++changes;
    }
  }
  EXPECT_GT(changes, 1'000u);
}

}  // namespace
}  // namespace minato::upstream
