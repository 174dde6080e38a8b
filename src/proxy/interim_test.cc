// 100 (Continue) and other interim responses on their way through the proxy.
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

constexpr std::string_view expecting =
    "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";

TEST_F(ProxyStory, TheOriginDecidesWhetherTheClientContinues) {  // RFC 9110 10.1.1
  auto& browser = client(expecting);
  EXPECT_THAT(origin().newest().received(),
              AllOf(HasSubstr("\r\nExpect: 100-continue\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_EQ(browser.received(), "");
  origin().newest().send("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(browser.received(), "HTTP/1.1 100 Continue\r\n\r\n");
  browser.send("hello");
  EXPECT_EQ(origin().newest().received(), "hello");
  origin().newest().send(ok);
  EXPECT_THAT(browser.received(), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("ok")));
}

TEST_F(ProxyStory, AnOriginThatSaysNothingToAnExpectationIsLate) {
  service.timeouts.response_header = service.timeouts.stream_idle = 10s;
  auto& browser = client(expecting);
  EXPECT_THAT(origin().newest().received(), EndsWith("\r\n\r\n"));
  world.advance(9s);
  EXPECT_EQ(browser.received(), "");
  world.advance(1s);
  EXPECT_EQ(status_of(browser.received()), 504);  // and not a 408: the client was to wait
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_timeout));
}

TEST_F(ProxyStory, TheClientsTimeToSendBeginsWhenItIsToldToContinue) {
  service.timeouts.response_header = 60s;
  service.timeouts.stream_idle = 10s;
  auto& browser = client(expecting);
  world.advance(25s);
  origin().newest().send("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(browser.received(), "HTTP/1.1 100 Continue\r\n\r\n");
  world.advance(9s);
  EXPECT_EQ(browser.received(), "");
  world.advance(1s);
  EXPECT_EQ(status_of(browser.received()), 408);
}

TEST_F(ProxyStory, AnOriginIsNotLateWhileTheBodyThatDidNotWaitIsComing) {
  service.timeouts.response_header = 10s;
  auto& browser = client(expecting);
  for (const std::string_view letter : {"h", "e", "l", "l", "o"}) {
    world.advance(9s);
    browser.send(letter);
  }
  world.advance(9s);
  EXPECT_EQ(browser.received(), "");
  world.advance(1s);
  EXPECT_EQ(status_of(browser.received()), 504);
}

TEST_F(ProxyStory, AnOriginThatRefusesSparesTheClientItsBody) {
  auto& browser = client(expecting);
  origin().newest().send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(browser.received(),
              AllOf(StartsWith("HTTP/1.1 417"), HasSubstr("Connection: close\r\n")));
}

TEST_F(ProxyStory, InterimResponsesGoOnWithoutFraming) {  // RFC 9110 15.2
  auto& browser = client(get);
  origin().newest().send(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(browser.received(), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  origin().newest().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(ProxyStory, AnHttp10ClientGetsNoInterimResponse) {
  auto& browser = client("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  origin().newest().send("HTTP/1.1 103 Early Hints\r\n\r\n" + std::string(ok));
  EXPECT_THAT(browser.received(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ProxyStory, InterimResponsesWithoutEndAreMalformed) {
  auto& browser = client("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "HTTP/1.1 103 Early Hints\r\n\r\n";
  origin().newest().send(many);
  EXPECT_EQ(status_of(browser.received()), 502);
}

TEST_F(ProxyStory, NothingIsSentBehindAnInterimResponseThatBrokeOff) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 200;
  service.timeouts.stream_idle = 10s;
  auto& browser = client(get);
  origin().newest().send("HTTP/1.1 103 Early Hints\r\nLink: </" + std::string(150, 'a') + ">\r\n");
  origin().newest().send("Link: </" + std::string(150, 'b') + ">\r\n\r\n");
  world.advance(10s);
  EXPECT_THAT(browser.received(), AllOf(StartsWith("HTTP/1.1 103 "), Not(HasSubstr("408"))));
  EXPECT_TRUE(browser.heard_all());
  EXPECT_THAT(told.reasons, ElementsAre(Reason::client_too_slow));
}

}  // namespace
}  // namespace minato::proxy
