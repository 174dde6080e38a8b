// An upgraded connection (RFC 9110 7.8, RFC 6455 4).
#include "proxy/tunnel.h"

#include <gmock/gmock.h>

#include "proxy/test_proxy.h"

namespace minato::proxy {
namespace {

using http::Reason;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view wish =
    "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
constexpr std::string_view agreed =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

class TunnelTest : public LoneProxyTest {
 protected:
  /// A tunnel, and its two ends.
  sim::Peer& open() {
    auto& browser = client(wish);
    (void)origin().newest().received();
    origin().newest().send(agreed);
    EXPECT_EQ(status_of(browser.received()), 101);
    return browser;
  }
  sim::Peer& far() { return origin().newest(); }
};

TEST_F(TunnelTest, TheWishAndTheAgreementGoThrough) {
  auto& browser = client(wish);
  EXPECT_THAT(far().received(), AllOf(HasSubstr("\r\nUpgrade: websocket\r\n"),
                                      HasSubstr("\r\nConnection: Upgrade\r\n"),
                                      HasSubstr("\r\nSec-WebSocket-Key: ")));
  far().send(agreed);
  EXPECT_THAT(
      browser.received(),
      AllOf(StartsWith("HTTP/1.1 101 "), HasSubstr("\r\nUpgrade: websocket\r\n"),
            HasSubstr("\r\nConnection: Upgrade\r\n"), HasSubstr("\r\nSec-WebSocket-Accept: "),
            Not(HasSubstr("Content-Length")), EndsWith("\r\n\r\n")));
}

TEST_F(TunnelTest, CarriesBytesBothWays) {
  auto& browser = open();
  for (int i = 0; i < 3; ++i) {
    browser.send("up");
    EXPECT_EQ(far().received(), "up");
    far().send("down");
    EXPECT_EQ(browser.received(), "down");
  }
}

TEST_F(TunnelTest, FirstBytesComeRightBehindTheHeads) {
  auto& browser = client(std::string(wish) + "first up");
  (void)far().received();
  far().send(std::string(agreed) + "first down");
  EXPECT_THAT(browser.received(), EndsWith("\r\n\r\nfirst down"));
  EXPECT_EQ(far().received(), "first up");
}

TEST_F(TunnelTest, TheEndOfOneDirectionLeavesTheOtherOpen) {
  auto& browser = open();
  browser.end();
  EXPECT_EQ(far().received(), "");
  EXPECT_TRUE(far().heard_end());
  far().send("still here");
  EXPECT_EQ(browser.received(), "still here");
  EXPECT_FALSE(browser.heard_all());
  far().end();
  (void)browser.received();
  EXPECT_TRUE(browser.heard_end());
  EXPECT_EQ(server.connections(), 0u);
}

TEST_F(TunnelTest, TheOriginMayEndFirst) {
  auto& browser = open();
  far().end();
  (void)browser.received();
  EXPECT_TRUE(browser.heard_end());
  browser.send("last words");
  EXPECT_EQ(far().received(), "last words");
  browser.end();
  (void)far().received();
  EXPECT_TRUE(far().heard_end());
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::none));
}

TEST_F(TunnelTest, WhatOneEndHasLeftOpenMayNotBeSilentForLong) {
  auto& browser = open();
  world.advance(10min);
  far().end();
  world.advance(30s);
  browser.send("x");
  world.advance(half_closed_idle_max - 1s);
  EXPECT_EQ(server.connections(), 1u);
  world.advance(1s);
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::tunnel_idle));
}

TEST_F(TunnelTest, WhoEndsAndTakesNothingMoreIsNotWaitedForLong) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 32u << 10;
  auto& browser = open();
  const std::string piece(1u << 20, 'x');
  (void)send_all_it_takes(far(), piece);
  browser.end();
  world.advance(half_closed_idle_max);
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_too_slow));
}

TEST_F(TunnelTest, ABreakOnOneSideEndsTheOther) {
  auto& first = open();
  first.reset();
  (void)far().received();
  EXPECT_TRUE(far().heard_all());
  auto& second = open();
  far().reset();
  (void)second.received();
  EXPECT_TRUE(second.heard_all());
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_gone, Reason::upstream_reset));
}

TEST_F(TunnelTest, AnOriginThatTakesNoMoreHasBrokenIt) {
  auto& browser = open();
  far().end();
  far().reset();
  EXPECT_EQ(server.connections(), 1u);
  browser.send("last words");
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_reset));
}

TEST_F(TunnelTest, WhoTakesNothingIsTooSlow) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 32u << 10;
  service.timeouts.tunnel_idle = 10s;
  const std::string piece(1u << 20, 'x');
  open();
  (void)send_all_it_takes(far(), piece);
  world.advance(10s);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_too_slow));
  auto& second = open();
  (void)send_all_it_takes(second, piece);
  world.advance(10s);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_too_slow, Reason::upstream_idle));
}

TEST_F(TunnelTest, WhoTakesALittleNowAndThenIsNotTooSlow) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 1000;
  service.timeouts.tunnel_idle = 10s;
  auto& browser = open();
  const std::string all(40'000, 'x');
  std::string_view left = all;
  std::string got;
  for (int round = 0; round < 100 && got.size() < all.size(); ++round) {
    left = send_all_it_takes(far(), left);
    world.advance(9s);
    got += browser.received();
  }
  EXPECT_EQ(got, all);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(TunnelTest, SilenceOnBothSidesEndsIt) {
  service.timeouts.tunnel_idle = 10s;
  auto& browser = open();
  for (int i = 0; i < 3; ++i) {
    world.advance(9s);
    browser.send("up");  // one direction alone keeps it
    EXPECT_EQ(far().received(), "up");
  }
  world.advance(9s);
  EXPECT_EQ(server.connections(), 1u);
  world.advance(1s);
  (void)browser.received();
  EXPECT_TRUE(browser.heard_all());
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::tunnel_idle));
}

TEST_F(TunnelTest, OneThatTheEndOfTheProgramCutsSaysSo) {
  open();
  server.drain();
  EXPECT_EQ(server.connections(), 1u);
  server.cut();
  EXPECT_THAT(told.reasons, ElementsAre(Reason::shutting_down));
}

TEST_F(TunnelTest, ARefusedUpgradeIsAnOrdinaryAnswer) {
  auto& browser = client(wish);
  far().send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_THAT(browser.received(), AllOf(StartsWith("HTTP/1.1 426"), EndsWith("\r\n\r\nno")));
  browser.send(get);
  EXPECT_THAT(far().received(), HasSubstr("GET / HTTP/1.1\r\n"));
  far().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(TunnelTest, OtherProtocolsAreNeitherAskedForNorSwitchedTo) {
  auto& browser = client(
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
      "Connection: Upgrade, HTTP2-Settings\r\n\r\n");
  EXPECT_THAT(far().received(), AllOf(Not(HasSubstr("h2c")), Not(HasSubstr("HTTP2-Settings"))));
  far().send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
  EXPECT_EQ(status_of(browser.received()), 502);
}

TEST_F(TunnelTest, AnAgreementToSomethingElseIsMalformed) {
  for (const std::string_view answer :
       {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n"}) {
    auto& browser = client(wish);
    far().send(answer);
    EXPECT_EQ(status_of(browser.received()), 502) << answer;
  }
}

}  // namespace
}  // namespace minato::proxy
