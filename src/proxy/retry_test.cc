// When an exchange that failed is tried again, and when never (RFC 9110 9.2.2).
#include <gmock/gmock.h>

#include "proxy/test_proxy.h"

namespace minato::proxy {
namespace {

using http::Reason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class RetryTest : public ProxyTest {};
class LoneRetryTest : public LoneProxyTest {};

constexpr std::string_view post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view put = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";

TEST_F(RetryTest, ARefusedConnectGoesToTheNextEndpointWhateverTheMethod) {
  origins[0].close();
  for (const std::string_view request : {get, get, post, post}) {  // each endpoint has its turn
    auto& browser = client(request);
    ASSERT_EQ(origins[1].connections(), 1u);
    EXPECT_TRUE(origins[1].newest().received().ends_with(body_of(request)));
    origins[1].newest().send(ok);
    EXPECT_EQ(status_of(browser.received()), 200);
  }
}

TEST_F(RetryTest, WhereTheClientNamesNoHostEachAttemptNamesItsOwn) {  // RFC 9112 3.2
  auto& browser = client("GET / HTTP/1.0\r\n\r\n");
  TestOrigin &lost = chosen(), &next = other();
  EXPECT_THAT(lost.newest().received(), HasSubstr("Host: " + lost.address().host_text() + "\r\n"));
  lost.newest().reset();
  ASSERT_EQ(next.connections(), 1u);
  const auto request = next.newest().received();
  EXPECT_THAT(request, HasSubstr("Host: " + next.address().host_text() + "\r\n"));
  EXPECT_THAT(request, Not(HasSubstr(lost.address().host_text())));
  next.newest().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(RetryTest, AConnectThatTimesOutGoesToTheNextEndpointToo) {
  world.wire().silence(origins[0].address());
  service.timeouts.connect = 3s;
  auto& first = client(get);
  auto& second = client(get);
  world.advance(3s);
  ASSERT_EQ(origins[1].connections(), 2u);
  origins[1].connection(0).send(ok), origins[1].connection(1).send(ok);
  EXPECT_EQ(status_of(first.received()), 200);
  EXPECT_EQ(status_of(second.received()), 200);
}

TEST_F(RetryTest, AGetThatIsResetBeforeAnyByteOfAResponseGoesToTheNextEndpoint) {
  auto& browser = client(get);
  TestOrigin &lost = chosen(), &next = other();
  const auto request = lost.newest().received();
  lost.newest().reset();
  ASSERT_EQ(next.connections(), 1u);
  EXPECT_EQ(next.newest().received(), request);
  next.newest().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(RetryTest, AGetWhoseConnectionIsClosedWithoutAResponseDoesToo) {
  auto& browser = client(get);
  TestOrigin &lost = chosen(), &next = other();
  lost.newest().end();
  ASSERT_EQ(next.connections(), 1u);
  next.newest().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(LoneRetryTest, AnEndpointThatIsAloneIsTriedAgain) {
  auto& browser = client(get);
  origin().connection(0).reset();
  ASSERT_EQ(origin().connections(), 2u);
  origin().connection(1).send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
  EXPECT_THAT(told.attempts, ElementsAre(2));
}

TEST_F(LoneRetryTest, AReusedConnectionThatBreaksCostsNoGet) {
  auto& browser = client(get);
  origin().connection(0).send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
  browser.send(get);
  EXPECT_THAT(origin().connection(0).received(), HasSubstr("GET / HTTP/1.1\r\n"));
  origin().connection(0).reset();
  ASSERT_EQ(origin().connections(), 2u);
  origin().connection(1).send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(RetryTest, APostWhoseBytesMayHaveBeenSeenIsNeverSentTwice) {
  auto& browser = client(post);
  EXPECT_TRUE(chosen().newest().received().ends_with("\r\n\r\nhello"));
  chosen().newest().reset();
  EXPECT_EQ(other().connections(), 0u);
  EXPECT_EQ(chosen().connections(), 1u);
  EXPECT_EQ(status_of(browser.received()), 502);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_reset));
}

TEST_F(LoneRetryTest, NorIsAPostOnAReusedConnection) {
  auto& browser = client(get);
  origin().connection(0).send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
  browser.send(post);
  EXPECT_TRUE(origin().connection(0).received().ends_with("\r\n\r\nhello"));
  origin().connection(0).end();
  EXPECT_EQ(origin().connections(), 1u);
  EXPECT_EQ(status_of(browser.received()), 502);
}

TEST_F(RetryTest, AnIdempotentRequestGoesWithItsBodyWhileThatIsThere) {
  auto& browser = client(put);
  EXPECT_TRUE(chosen().newest().received().ends_with("\r\n\r\nhello"));
  TestOrigin& next = other();
  chosen().newest().reset();
  ASSERT_EQ(next.connections(), 1u);
  EXPECT_TRUE(next.newest().received().ends_with("\r\n\r\nhello"));
  next.newest().send(ok);
  EXPECT_EQ(status_of(browser.received()), 200);
}

TEST_F(RetryTest, ABodyThatIsPartlyGoneIsNotRepeated) {
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  browser.send("world");
  EXPECT_TRUE(chosen().newest().received().ends_with("\r\n\r\nhelloworld"));
  chosen().newest().reset();
  EXPECT_EQ(other().connections(), 0u);
  EXPECT_EQ(status_of(browser.received()), 502);
}

TEST_F(RetryTest, NothingIsRepeatedOnceAByteOfAResponseCame) {
  auto& browser = client(get);
  chosen().newest().send("H");
  chosen().newest().end();
  EXPECT_EQ(other().connections(), 0u);
  EXPECT_EQ(status_of(browser.received()), 502);
}

TEST_F(RetryTest, ALateResponseIsNotRepeated) {
  service.timeouts.response_header = 10s;
  auto& browser = client(get);
  world.advance(9s);
  EXPECT_EQ(browser.received(), "");
  world.advance(1s);
  EXPECT_EQ(status_of(browser.received()), 504);
  EXPECT_EQ(other().connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_timeout));
}

TEST_F(RetryTest, AMalformedResponseIsNotRepeated) {
  auto& browser = client(get);
  chosen().newest().send("nonsense\r\n\r\n");
  EXPECT_EQ(status_of(browser.received()), 502);
  EXPECT_EQ(other().connections(), 0u);
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_malformed));
}

TEST_F(LoneRetryTest, ThereAreSoManyFurtherTriesAndNoMore) {
  service.retries.attempts = 3;
  auto& browser = client(get);
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_EQ(origin().connections(), i + 1);
    origin().newest().reset();
  }
  EXPECT_EQ(origin().connections(), 4u);
  EXPECT_EQ(status_of(browser.received()), 502);
  EXPECT_THAT(told.attempts, ElementsAre(4));
}

TEST_F(LoneRetryTest, WithoutRetriesTheFirstFailureIsTheAnswer) {
  service.retries.attempts = 0;
  auto& browser = client(get);
  origin().newest().reset();
  EXPECT_EQ(origin().connections(), 1u);
  EXPECT_EQ(status_of(browser.received()), 502);
}

TEST_F(RetryTest, WhereEveryEndpointRefusesTheClientIsTold) {
  origins[0].close(), origins[1].close();
  const auto answer = client(get).received();
  EXPECT_EQ(status_of(answer), 502);
  EXPECT_THAT(answer, HasSubstr("connection_refused"));  // RFC 9209 2.3.8
}

}  // namespace
}  // namespace minato::proxy
