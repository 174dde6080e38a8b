// Large bodies go by pipes, and nobody can tell.
#include <gmock/gmock.h>

#include "proxy/test_proxy.h"

namespace minato::proxy {
namespace {

using http::Reason;
using testing::ElementsAre;
using testing::StartsWith;

constexpr std::size_t size = 300'000;
constexpr std::size_t little = 40'000;  // what fits on the way, so that the rest has to wait

/// Large bodies, of which every byte is told from its neighbours; both ways the same steps.
class LargeBody : public LoneProxyTest {
 protected:
  LargeBody() {
    for (int i = 0; body.size() < size; ++i) body += std::to_string(i);
    body.resize(size);
    world.wire().faults().buffer_min = world.wire().faults().buffer_max = little;
  }

  std::string with_body(std::string first_line) const {
    return std::move(first_line) + "\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
           "\r\n\r\n";
  }
  /// An exchange whose response is about to be sent.
  sim::Peer& asked() {
    sim::Peer& browser = client(get);
    (void)origin().newest().received();
    origin().newest().send(with_body("HTTP/1.1 200 OK"));
    return browser;
  }
  /// An exchange whose request's body is about to be sent.
  sim::Peer& sending() { return client(with_body("PUT / HTTP/1.1")); }

  /// All of `left` from one to the other, each as it can.
  std::string carried(sim::Peer& from, sim::Peer& to, std::string_view left) {
    std::string got;
    for (int round = 0; round < 200 && (!left.empty() || round == 0); ++round) {
      left = send_all_it_takes(from, left);
      got += to.received();
    }
    return got += to.received();
  }
  void expect_exchange_is_whole() {
    sim::Peer& browser = sending();
    EXPECT_EQ(body_of(carried(browser, origin().newest(), body)), body);
    origin().newest().send(with_body("HTTP/1.1 200 OK"));
    EXPECT_EQ(body_of(carried(origin().newest(), browser, body)), body);
    browser.send(get);  // both connections are as good as new
    EXPECT_THAT(origin().newest().received(), StartsWith("GET / "));
    origin().newest().send(ok);
    EXPECT_EQ(body_of(browser.received()), "ok");
    EXPECT_EQ(origin().connections(), 1u);
    EXPECT_EQ(loop.pipes().lent(), 0u);
  }

  std::string body;
};

TEST_F(LargeBody, ArrivesAsItWasSentBothWays) { expect_exchange_is_whole(); }

TEST_F(LargeBody, ArrivesWithoutPipesToo) {
  loop.pipes().limit(0);
  expect_exchange_is_whole();
}

TEST_F(LargeBody, GoesByAPipeWhichIsHeldOnlyWhileTheReceiverIsWaitedFor) {
  sim::Peer& browser = asked();
  const auto left = send_all_it_takes(origin().newest(), body);
  EXPECT_EQ(loop.pipes().lent(), 1u);
  (void)carried(origin().newest(), browser, left.substr(0, little));
  EXPECT_EQ(loop.pipes().lent(), 0u);
}

TEST_F(LargeBody, WhereAPipeComesFreeTheRestGoesByIt) {
  loop.pipes().limit(0);
  sim::Peer& browser = asked();
  auto left = send_all_it_takes(origin().newest(), body);
  EXPECT_EQ(loop.pipes().lent(), 0u);
  loop.pipes().limit(1);
  std::string got = browser.received();
  left = send_all_it_takes(origin().newest(), left);
  EXPECT_EQ(loop.pipes().lent(), 1u);
  got += carried(origin().newest(), browser, left);
  EXPECT_EQ(body_of(got), body);
}

TEST_F(LargeBody, OfWhichTheClientTakesNoMoreLeavesNoPipeBehind) {
  sim::Peer& browser = asked();
  (void)send_all_it_takes(origin().newest(), body);
  browser.reset();
  world.run_until_idle();
  EXPECT_EQ(loop.pipes().lent(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_gone));
}

TEST_F(LargeBody, ThatEndsEarlyIsNeverTakenForWhole) {
  sim::Peer& browser = asked();
  const std::string got =
      carried(origin().newest(), browser, std::string_view(body).substr(0, size - 1));
  origin().newest().end();
  EXPECT_EQ(body_of(got + browser.received()), body.substr(0, size - 1));
  EXPECT_TRUE(browser.heard_all());
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_truncated));
}

TEST_F(LargeBody, ThatAClientLeavesUnfinishedCutsTheOrigin) {
  sim::Peer& browser = sending();
  (void)carried(browser, origin().newest(), std::string_view(body).substr(0, size - 1));
  browser.end();
  (void)origin().newest().received();
  EXPECT_TRUE(origin().newest().heard_all());
  EXPECT_EQ(loop.pipes().lent(), 0u);
}

TEST_F(LargeBody, IsNotSentAgainOnceItWentOn) {
  service.retries.attempts = 3;
  sim::Peer& browser = sending();
  (void)carried(browser, origin().newest(), std::string_view(body).substr(0, size / 2));
  origin().newest().reset();
  EXPECT_EQ(status_of(browser.received()), 502);
  EXPECT_EQ(origin().connections(), 1u);
}

TEST_F(LargeBody, WhoseAnswerComesBeforeItsEndIsPassedOver) {
  sim::Peer& browser = sending();
  const auto left = send_all_it_takes(browser, body);
  EXPECT_EQ(loop.pipes().lent(), 1u);
  origin().newest().send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_EQ(status_of(browser.received()), 403);
  EXPECT_EQ(loop.pipes().lent(), 0u);
  EXPECT_LT(left.size(), body.size());
}

}  // namespace
}  // namespace minato::proxy
