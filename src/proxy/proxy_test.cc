// The way of a request and its response through the proxy, both ends played by the test.
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

std::string message(std::string_view first_line, std::string_view fields, std::string_view body) {
  return std::string(first_line) + "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

// Requests.

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

// 100 (Continue) and other interim responses.

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

// Responses.

TEST_F(ProxyStory, AResponseMayComeBeforeTheRequestHasEnded) {  // RFC 9112 9.5
  auto& browser = client("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome");
  origin().newest().send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_THAT(browser.received(), AllOf(StartsWith("HTTP/1.1 403"), EndsWith("\r\n\r\nno")));
  (void)origin().newest().received();
  EXPECT_TRUE(origin().newest().heard_all());  // not reused
}

TEST_F(ProxyStory, AStreamReachesTheClientAsItComes) {  // server-sent events
  auto& browser = client(get);
  origin().newest().send(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(browser.received(),
              AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"), EndsWith("\r\n\r\n")));
  for (const std::string event : {"data: 1\n\n", "data: 2\n\n"}) {
    origin().newest().send(chunked(event));
    EXPECT_EQ(browser.received(), chunked(event));
  }
  origin().newest().send("0\r\n\r\n");
  EXPECT_EQ(browser.received(), "0\r\n\r\n");
}

TEST_F(ProxyStory, ChunksThatComeTogetherReachTheClientAsOne) {
  auto& browser = client("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n");
  origin().newest().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked("one") +
                         chunked(", ") + chunked("two"));
  EXPECT_EQ(body_of(browser.received()), chunked("one, two"));
  origin().newest().send(chunked("three") + chunked("four") + "0\r\nX-Sum: 1\r\n\r\n");
  EXPECT_EQ(browser.received(), chunked("threefour") + "0\r\nX-Sum: 1\r\n\r\n");
}

TEST_F(ProxyStory, ABrokenChunkBehindGoodOnesCutsTheAnswer) {
  auto& browser = client(get);
  origin().newest().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked("one"));
  EXPECT_THAT(browser.received(), EndsWith(chunked("one")));
  origin().newest().send(chunked("two") + "ZZ\r\n");
  EXPECT_THAT(browser.received(), Not(HasSubstr("0\r\n\r\n")));
  EXPECT_TRUE(browser.heard_all());
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_malformed));
}

TEST_F(ProxyStory, TheBodyIsFramedAsTheClientUnderstandsIt) {  // RFC 9112 6
  struct Row {
    std::string_view request;
    std::string_view response;
    bool origin_ends;
    std::string_view framing;
    std::string_view body;
  };
  constexpr std::string_view head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  constexpr std::string_view old = "GET / HTTP/1.0\r\nHost: a\r\n\r\n";
  const Row rows[] = {
      {get, "HTTP/1.1 200 OK\r\n\r\nok", true, "Transfer-Encoding: chunked",
       "2\r\nok\r\n0\r\n\r\n"},
      {get, "HTTP/1.0 200 OK\r\n\r\nok", true, "Transfer-Encoding: chunked",
       "2\r\nok\r\n0\r\n\r\n"},
      {old, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false,
       "Connection: close", "ok"},
      {head, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", false, "Content-Length: 7", ""},
      {get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", false, "Content-Length: 7",
       ""},
      {get, "HTTP/1.1 204 No Content\r\n\r\n", false, "HTTP/1.1 204 No Content", ""},
  };
  for (const Row& row : rows) {
    auto& browser = client(row.request);
    origin().newest().send(row.response);
    if (row.origin_ends) origin().newest().end();
    const auto answer = browser.received();
    EXPECT_THAT(answer, HasSubstr(std::string(row.framing) + "\r\n")) << row.response;
    EXPECT_EQ(body_of(answer), row.body) << row.response;
    EXPECT_EQ(browser.heard_end(), row.request == old);
  }
}

TEST_F(ProxyStory, TrailersReachTheClientThatAsksForThem) {  // RFC 9110 6.5.1
  for (const bool wanted : {true, false}) {
    auto& browser = client(
        message("GET / HTTP/1.1", wanted ? "Host: a\r\nTE: trailers\r\n" : "Host: a\r\n", ""));
    origin().newest().send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
    EXPECT_THAT(browser.received(),
                EndsWith(wanted ? "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n" : "1\r\na\r\n0\r\n\r\n"));
  }
}

TEST_F(ProxyStory, TrailersThatConnectionNamesEndHere) {  // RFC 9110 7.6.1
  constexpr std::string_view framing = "Transfer-Encoding: chunked\r\nConnection: X-Hop, TE\r\n";
  constexpr std::string_view body = "1\r\na\r\n0\r\nX-Hop: 1\r\nX-Sum: 1\r\n\r\n";
  constexpr const char* forwarded = "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n";
  auto& browser =
      client(message("PUT / HTTP/1.1", "Host: a\r\nTE: trailers\r\n" + std::string(framing), body));
  EXPECT_EQ(body_of(origin().newest().received()), forwarded);
  origin().newest().send(message("HTTP/1.1 200 OK", framing, body));
  EXPECT_EQ(body_of(browser.received()), forwarded);
}

TEST_F(ProxyStory, ATruncatedBodyIsNeverPassedOffAsComplete) {  // RFC 9112 8
  struct Row {
    const char* framing;
    std::string sent;
  };
  for (const Row& row :
       {Row{"Content-Length: 10", "hello"}, Row{"Transfer-Encoding: chunked", chunked("hello")},
        Row{"Transfer-Encoding: chunked", chunked("hello") + "0\r\n"}}) {
    for (const std::string version : {"1.1", "1.0"}) {
      for (const bool by_reset : {true, false}) {
        auto& browser = client("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n");
        origin().newest().send(
            message("HTTP/1.1 200 OK", row.framing + std::string("\r\n"), row.sent));
        by_reset ? origin().newest().reset() : origin().newest().end();
        const auto answer = browser.received();
        EXPECT_THAT(answer, AllOf(HasSubstr("hello"), Not(HasSubstr("0\r\n\r\n"))));
        EXPECT_TRUE(browser.heard_all());
        // Where the end of the connection is the end of the body, only a reset tells.
        const bool ends_by_close = answer.find("Content-Length") == answer.npos && version == "1.0";
        EXPECT_TRUE(!ends_by_close || browser.fault()) << row.framing << " to HTTP/" << version;
      }
    }
  }
}

TEST_F(ProxyStory, AShutdownThatCutsABodyDoesNotPassItOffAsComplete) {
  auto& browser = client("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  origin().newest().send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked("half"));
  EXPECT_THAT(browser.received(), EndsWith("\r\n\r\nhalf"));
  server.cut();
  EXPECT_EQ(browser.received(), "");
  EXPECT_TRUE(browser.fault());  // an orderly end would be the end of the body
}

TEST_F(ProxyStory, AResponseThatStandsStillIsCut) {
  service.timeouts.stream_idle = 10s;
  auto& browser = client(get);
  origin().newest().send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
  world.advance(9s);
  EXPECT_THAT(browser.received(), EndsWith("hello"));
  EXPECT_FALSE(browser.heard_all());
  world.advance(1s);
  (void)browser.received();
  EXPECT_TRUE(browser.heard_all());
  EXPECT_THAT(told.reasons, ElementsAre(Reason::upstream_idle));
}

TEST_F(ProxyStory, TheOriginIsHeldToItsFramingAndItsSize) {
  service.limits.response_header_size = Bytes{1000};
  for (const std::string& response :
       {std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("HTTP/1.1 103 Hints\r\nContent-Length: 5\r\n\r\n") + std::string(ok),
        std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n"),  // nobody asked for it
        // The head is not sent before the first of the body is known to be well-formed.
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked("one") + "ZZ\r\n",
        message("HTTP/1.1 200 OK", "X: " + std::string(1000, 'x') + "\r\n", "")}) {
    for (const std::string version : {"1.1", "1.0"}) {
      auto& browser = client("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n");
      origin().newest().send(response);
      const auto answer = browser.received();
      EXPECT_EQ(status_of(answer), 502) << response;
      EXPECT_THAT(answer, Not(HasSubstr("200 OK"))) << response;
    }
  }
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
