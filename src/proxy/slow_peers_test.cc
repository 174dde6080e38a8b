// Who is waited for is the slow one; and what a client that still sends is worth waiting for.
#include <gmock/gmock.h>

#include "proxy/test_proxy.h"

namespace minato::proxy {
namespace {

using http::Reason;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using SlowPeers = LoneProxyTest;

TEST_F(SlowPeers, AClientThatSendsBelowTheLeastRateIsCutOff) {
  service.timeouts.min_rate = Bytes{100};
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  for (int second = 0; second < 30; ++second) {
    EXPECT_EQ(browser.received(), "");
    browser.send(std::string(99, 'x'));
    world.advance(1s);
  }
  EXPECT_EQ(status_of(browser.received()), 408);
}

TEST_F(SlowPeers, AttemptsThatFailDoNotGiveAClientMoreTime) {
  service.timeouts.stream_idle = 10s;
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  world.advance(6s);
  origin().newest().reset();
  EXPECT_EQ(origin().connections(), 2u);
  world.advance(3s);
  EXPECT_EQ(browser.received(), "");
  world.advance(1s);
  EXPECT_EQ(status_of(browser.received()), 408);
}

TEST_F(SlowPeers, AnOriginThatSendsBelowTheLeastRateIsCutOff) {
  service.timeouts.min_rate = Bytes{100};
  auto& browser = client(get);
  origin().newest().send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
  for (int second = 0; second < 30; ++second) {
    EXPECT_FALSE(browser.heard_all());
    origin().newest().send(std::string(99, 'x'));
    world.advance(1s);
    (void)browser.received();
  }
  EXPECT_TRUE(browser.heard_all());
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_idle));
}

TEST_F(SlowPeers, ASlowReaderDoesNotMakeTheSenderTooSlow) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 32u << 10;
  service.timeouts.min_rate = Bytes{1u << 20};
  service.timeouts.stream_idle = 60s;
  constexpr std::size_t size = 1u << 20;
  const std::string body(size, 'x');
  const auto carry = [&](sim::Peer& from, sim::Peer& to) {
    std::string got;
    std::string_view left = body;
    for (int round = 0; round < 100 && got.size() < size; ++round) {
      left = send_all_it_takes(from, left);
      world.advance(10s);
      got += to.received();
    }
    EXPECT_EQ(got.size(), size);
  };
  const std::string length = "Content-Length: " + std::to_string(size) + "\r\n";
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\n" + length + "\r\n");
  (void)origin().newest().received();
  carry(browser, origin().newest());
  origin().newest().send("HTTP/1.1 200 OK\r\n" + length + "\r\n");
  (void)browser.received();
  carry(origin().newest(), browser);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::none));
}

TEST_F(SlowPeers, AClientThatStopsReadingIsGivenUp) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 32u << 10;
  service.timeouts.stream_idle = 10s;
  auto& browser = client(get);
  constexpr std::size_t size = 1u << 20;
  const std::string body(size, 'x');
  origin().newest().send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
  const auto left = send_all_it_takes(origin().newest(), body);
  world.advance(9s);
  EXPECT_THAT(browser.received(), StartsWith("HTTP/1.1 200 "));  // it reads, so its time runs anew
  (void)send_all_it_takes(origin().newest(), left);
  world.advance(9s);
  EXPECT_EQ(server.connections(), 1u);
  world.advance(1s);
  EXPECT_EQ(server.connections(), 0u);
  (void)origin().newest().received();
  EXPECT_TRUE(origin().newest().heard_all());
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_too_slow));
}

constexpr std::string_view long_body =
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";

TEST_F(SlowPeers, AClientThatStillSendsIsHeardOutSoThatItCanReadItsAnswer) {
  service.limits.request_body = Bytes{4};
  auto& browser = client(long_body);
  for (int piece = 0; piece < 5; ++piece) browser.send(std::string(10'000, 'x'));
  EXPECT_EQ(status_of(browser.received()), 413);
  EXPECT_TRUE(browser.heard_end());  // and no reset
  EXPECT_EQ(server.connections(), 1u);
  world.advance(5s);
  EXPECT_EQ(server.connections(), 0u);
}

class EarlyAnswer : public LoneProxyTest {
 protected:
  /// A client whose request was answered before its body came.
  sim::Peer& answered() {
    auto& browser = client(long_body);
    origin().newest().send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    EXPECT_THAT(browser.received(), AllOf(StartsWith("HTTP/1.1 403"), Not(HasSubstr("close"))));
    return browser;
  }
  const std::string piece = std::string(100'000, 'x');
};

TEST_F(EarlyAnswer, TheRestOfAShortBodyIsPassedOver) {
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
  origin().newest().send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_EQ(status_of(browser.received()), 403);
  browser.send(piece);
  browser.send(piece);
  browser.send(get);
  EXPECT_THAT(origin().newest().received(), StartsWith("GET / "));
  origin().newest().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(EarlyAnswer, TheRestOfALongOneEndsTheConnection) {
  auto& browser = answered();
  browser.send(piece);
  browser.send(piece);
  (void)browser.received();
  EXPECT_FALSE(browser.heard_all());
  browser.send(piece);
  (void)browser.received();
  EXPECT_TRUE(browser.heard_end());
}

TEST_F(EarlyAnswer, AndSoDoesOneThatDoesNotCome) {
  auto& browser = answered();
  world.advance(1s);
  browser.send("x");
  world.advance(1s);
  (void)browser.received();
  EXPECT_FALSE(browser.heard_all());
  world.advance(1s);
  (void)browser.received();
  EXPECT_TRUE(browser.heard_end());
}

}  // namespace
}  // namespace minato::proxy
