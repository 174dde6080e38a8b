// The way of a response through the proxy.
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

}  // namespace
}  // namespace minato::proxy
