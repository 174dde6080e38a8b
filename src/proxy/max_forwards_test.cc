// RFC 9110 7.6.2.
#include "proxy/max_forwards.h"

#include <gmock/gmock.h>

#include "proxy/test_proxy.h"

namespace minato::proxy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MaxForwardsTest : public LoneProxyTest {
 protected:
  sim::Peer& ask(std::string method, std::string value) {
    return client(method + " / HTTP/1.1\r\nHost: a\r\nMax-Forwards: " + value + "\r\n\r\n");
  }
  std::string reaches_the_origin(std::string method, std::string value) {
    ask(std::move(method), std::move(value));
    return origin().newest().received();
  }
};

TEST_F(MaxForwardsTest, EveryHopCounts) {
  for (const std::string method : {"TRACE", "OPTIONS"}) {
    EXPECT_THAT(reaches_the_origin(method, "1"), HasSubstr("\r\nMax-Forwards: 0\r\n"));
    EXPECT_THAT(reaches_the_origin(method, "010"), HasSubstr("\r\nMax-Forwards: 9\r\n"));
    EXPECT_THAT(reaches_the_origin(method, "99999999999999999999"),
                HasSubstr("\r\nMax-Forwards: 4294967294\r\n"));
  }
}

TEST_F(MaxForwardsTest, MeansNothingToOtherMethods) {
  for (const std::string value : {"0", "5", "x"})
    EXPECT_THAT(reaches_the_origin("GET", value), HasSubstr("\r\nMax-Forwards: " + value));
}

TEST_F(MaxForwardsTest, TheLastHopAnswers) {
  auto& options = ask("OPTIONS", "0");
  EXPECT_THAT(options.received(), HasSubstr("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"));
  options.send("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
  EXPECT_EQ(status_of(options.received()), 200);
  EXPECT_EQ(status_of(ask("TRACE", "0").received()), 501);  // and echoes nothing
  EXPECT_EQ(origin().connections(), 0u);
}

TEST_F(MaxForwardsTest, WhoDoesNotTakeTheAnswerIsTooSlow) {
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 50;
  service.timeouts.stream_idle = 10s;
  (void)send_all_it_takes(client(), "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
  world.advance(10s);
  EXPECT_THAT(told.reasons, ElementsAre(http::Reason::client_too_slow));
}

TEST_F(MaxForwardsTest, WhatIsNoNumberIsMalformed) {
  for (const std::string value : {"", "-1", "+1", "0x1", "1, 0", "1\r\nMax-Forwards: 1"})
    EXPECT_EQ(status_of(ask("OPTIONS", value).received()), 400) << value;
  EXPECT_EQ(origin().connections(), 0u);
}

}  // namespace
}  // namespace minato::proxy
