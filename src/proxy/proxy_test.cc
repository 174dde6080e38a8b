// The way of a request through the proxy, both ends played by the test.
#include "proxy/proxy.h"

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

using ProxyStory = LoneProxyTest;

TEST_F(ProxyStory, ForwardsARequestAndItsAnswer) {
  auto& browser = client("FROB /a/../b?c HTTP/1.1\r\nHost: a.example\r\nX-Own: 1\r\n\r\n");
  EXPECT_THAT(origin().newest().received(),
              AllOf(StartsWith("FROB /a/../b?c HTTP/1.1\r\nHost: a.example\r\nX-Own: 1\r\n"),
                    HasSubstr("\r\nVia: 1.1 minato-1\r\n")));
  origin().newest().send(
      "HTTP/1.1 299 Odd\r\nX-Theirs: 2\r\nConnection: X-Hop\r\nX-Hop: 3\r\nContent-Length: "
      "2\r\n\r\nok");
  EXPECT_THAT(browser.received(),
              AllOf(StartsWith("HTTP/1.1 299 Odd\r\nX-Theirs: 2\r\nContent-Length: 2\r\n"),
                    HasSubstr("\r\nDate: "), Not(HasSubstr("X-Hop")), EndsWith("\r\n\r\nok")));
}

TEST_F(ProxyStory, ARequestMovesNoTimer) {
  auto& browser = client();
  const auto exchange = [&] {
    browser.send(get);
    (void)origin().newest().received();
    origin().newest().send(ok);
    EXPECT_EQ(status_of(browser.received()), 200);
  };
  exchange();
  exchange();
  const auto armed = loop.timers().armed_count();
  const Instant next = loop.timers().next();
  for (int more = 0; more < 20; ++more) {
    world.advance(200ms);
    exchange();
    EXPECT_EQ(loop.timers().armed_count(), armed);
    EXPECT_EQ(loop.timers().next(), next);
  }
}

TEST_F(ProxyStory, ARequestWithoutHostIsForTheOriginsOwn) {  // RFC 9112 3.2
  client("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(origin().newest().received(), HasSubstr("\r\nHost: 10.0.0.1\r\n"));
}

TEST_F(ProxyStory, ARequestThatComesBackIsALoop) {
  auto& browser = client("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 minato-1\r\n\r\n");
  const auto answer = browser.received();
  EXPECT_EQ(status_of(answer), 502);
  EXPECT_THAT(answer, HasSubstr("proxy_loop_detected"));
  EXPECT_EQ(origin().connections(), 0u);
}

TEST_F(ProxyStory, ABodyOverTheLimitIsRefusedBeforeAnOriginIsAsked) {
  service.limits.request_body = Bytes{4};
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(status_of(browser.received()), 413);
  EXPECT_EQ(origin().connections(), 0u);
}

TEST_F(ProxyStory, AChunkedBodyOverTheLimitNeverReachesItsEnd) {
  service.limits.request_body = Bytes{4};
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  browser.send(chunked("hel"));
  browser.send(chunked("lo"));
  EXPECT_EQ(status_of(browser.received()), 413);
  EXPECT_THAT(origin().newest().received(), Not(HasSubstr("0\r\n\r\n")));
  EXPECT_TRUE(origin().newest().heard_all());
}

TEST_F(ProxyStory, ABodyReachesTheOriginAsItComes) {
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(origin().newest().received(), EndsWith("Transfer-Encoding: chunked\r\n\r\n"));
  browser.send(chunked("one"));
  EXPECT_EQ(origin().newest().received(), chunked("one"));
  browser.send(chunked("two") + "0\r\nX-Sum: 1\r\n\r\n");
  EXPECT_EQ(origin().newest().received(), chunked("two") + "0\r\nX-Sum: 1\r\n\r\n");
  origin().newest().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(ProxyStory, ChunksThatComeTogetherReachTheOriginAsOne) {
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  (void)origin().newest().received();
  browser.send(chunked("one") + chunked(", ") + chunked("two"));
  EXPECT_EQ(origin().newest().received(), chunked("one, two"));
  browser.send(chunked("three") + chunked("four") + "0\r\n\r\n");
  EXPECT_EQ(origin().newest().received(), chunked("threefour") + "0\r\n\r\n");
}

TEST_F(ProxyStory, ABodyThatBreaksOffIsNeverCompleteForTheOrigin) {
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  browser.send(chunked("one"));
  browser.end();
  EXPECT_THAT(origin().newest().received(), Not(HasSubstr("0\r\n\r\n")));
  EXPECT_TRUE(origin().newest().heard_all());
}

TEST_F(ProxyStory, AClientThatVanishesTakesItsExchangeAlong) {
  auto& browser = client(get);
  (void)origin().newest().received();
  browser.reset();
  (void)origin().newest().received();
  EXPECT_TRUE(origin().newest().heard_all());
  EXPECT_EQ(server.connections(), 0u);
  EXPECT_EQ(loop.blocks().lent_bytes(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_gone));
}

TEST_F(ProxyStory, AnOriginsConnectionServesOneRequestAfterAnother) {
  auto& browser = client(get);
  for (int i = 0; i < 3; ++i) {
    if (i > 0) browser.send(get);
    EXPECT_THAT(origin().newest().received(), StartsWith("GET / HTTP/1.1\r\n"));
    origin().newest().send(ok);
    EXPECT_EQ(status_of(browser.received()), 200);
  }
  EXPECT_EQ(origin().connections(), 1u);
}

TEST_F(ProxyStory, SurplusBytesOfAnOriginAreNobodysAnswer) {
  auto& browser = client(get);
  origin().newest().send(std::string(ok) + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
  EXPECT_THAT(browser.received(), EndsWith("\r\n\r\nok"));
  browser.send(get);
  ASSERT_EQ(origin().connections(), 2u);
  origin().newest().send(ok);
  EXPECT_THAT(browser.received(), EndsWith("\r\n\r\nok"));
}

TEST_F(ProxyStory, MemoryIsBoundedHoweverSlowTheClientIs) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 32u << 10;
  auto& browser = client(get);
  constexpr std::size_t size = 4u << 20;
  const std::string body(size, 'x');
  origin().newest().send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
  std::string_view left = origin().newest().send_some(body);
  EXPECT_GT(left.size(), size - (256u << 10));  // what nobody reads is not taken
  std::string got;
  while (!left.empty()) {
    EXPECT_LE(loop.blocks().lent_bytes(), 64u << 10);
    got += browser.received();
    left = origin().newest().send_some(left);
  }
  got += browser.received();
  EXPECT_EQ(body_of(got).size(), size);
}

TEST_F(ProxyStory, WhereNothingIsUsableTheClientIsToldWhenToComeAgain) {
  const auto checks = registry.checks();
  ASSERT_EQ(checks.size(), 1u);
  (void)registry.on_probe(*checks[0], std::unexpected(Error{Fault::refused, Side::upstream}), {});
  for (const auto& change : registry.take_changes()) change.group->install(0, change.candidates);
  const auto answer = client(get).received();
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
}

TEST_F(ProxyStory, AndSoWhereTheLackIsOurs) {
  auto& browser = client();
  network.set_streams_max(network.open_streams());
  browser.send(get);
  const auto answer = browser.received();
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(told.reasons, ElementsAre(Reason::out_of_resources));
}

TEST_F(ProxyStory, AnAnswerThatIsNotForTheMomentPromisesNothing) {
  origin().close();
  const auto answer = client(get).received();
  EXPECT_EQ(status_of(answer), 502);
  EXPECT_THAT(answer, Not(HasSubstr("Retry-After")));
}

}  // namespace
}  // namespace minato::proxy
