#include "http1/connection_fields.h"

#include <gtest/gtest.h>

#include "http1/parsing_for_tests.h"

namespace minato::http1 {
namespace {

using http::FieldId;

/// A request that has these fields besides its Host.
struct RequestWith : RequestUnderTest {
  explicit RequestWith(const std::string& fields, const std::string& line = "GET / HTTP/1.1")
      : RequestUnderTest(line + "\r\nHost: h\r\n" + fields + "\r\n") {
    EXPECT_EQ(feed_all(), Progress::done) << text;
  }
  std::string names_left() {
    std::string names;
    head.fields.for_each([&](const http::Field& line) { names.append(line.name).append(" "); });
    return names;
  }
};

struct PersistenceCase {
  const char* version;
  const char* fields;
  bool persists;
};

TEST(Connection, PersistsAsTheVersionAndItsOptionsSay) {  // RFC 9112 9.3
  constexpr PersistenceCase cases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: keep-alive\r\n", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: x, CLOSE ,\r\n", false},
      {"1.1", "Connection: x\r\nConnection: close\r\n", false},
      {"1.1", "Connection: keep-alive, close\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.1", "Proxy-Connection: close\r\n", true},
      {"1.0", "", false},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Connection: keep-alive, close\r\n", false},
      {"1.0", "Proxy-Connection: keep-alive\r\n", false},
  };
  for (const PersistenceCase& c : cases) {
    EXPECT_EQ(keep_alive(RequestWith(c.fields, std::string("GET / HTTP/") + c.version).head),
              c.persists)
        << c.fields;
    ResponseUnderTest response(std::string("HTTP/") + c.version + " 200 OK\r\n" + c.fields +
                               "\r\n");
    ASSERT_EQ(response.feed_all(), Progress::done);
    EXPECT_EQ(keep_alive(response.head), c.persists) << c.fields;
  }
}

struct UpgradeCase {
  const char* line;
  const char* fields;
  const char* wanted;
};

TEST(Connection, OnlyAWebSocketMayUpgrade) {  // RFC 9110 7.8, RFC 6455 4.1
  constexpr UpgradeCase cases[] = {
      {"GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "websocket"},
      {"GET / HTTP/1.1", "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n", "websocket"},
      {"GET / HTTP/1.1", "Connection: upgrade\r\nUpgrade: foo/2, websocket\r\n", "websocket"},
      {"GET / HTTP/1.1", "Upgrade: websocket\r\n", ""},
      {"GET / HTTP/1.1", "Connection: close\r\nUpgrade: websocket\r\n", ""},
      {"GET / HTTP/1.0", "Connection: upgrade\r\nUpgrade: websocket\r\n", ""},
      {"POST / HTTP/1.1", "Connection: upgrade\r\nUpgrade: websocket\r\n", ""},
      {"GET / HTTP/1.1", "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n", ""},
      {"GET / HTTP/1.1",
       "Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n", ""},
      {"GET / HTTP/1.1",
       "Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n", ""},
      {"GET / HTTP/1.1", "Connection: upgrade\r\nUpgrade: TLS/1.0\r\n", ""},
      {"GET / HTTP/1.1", "Connection: upgrade\r\nUpgrade: websocket/13\r\n", ""},
      {"GET / HTTP/1.1", "", ""},
  };
  for (const UpgradeCase& c : cases)
    EXPECT_EQ(wanted_upgrade(RequestWith(c.fields, c.line).head), c.wanted) << c.fields;
}

TEST(Connection, SwitchesToWhatWasWantedAndNothingElse) {  // RFC 9110 7.8
  const auto switches = [](const std::string& head, std::string_view wanted) {
    ResponseUnderTest response(head);
    EXPECT_EQ(response.feed_all(), Progress::done);
    return switches_to(response.head, wanted);
  };
  const std::string line = "HTTP/1.1 101 Switching Protocols\r\n";
  EXPECT_TRUE(switches(line + "Connection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n", "websocket"));
  EXPECT_FALSE(switches(line + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", ""));
  EXPECT_FALSE(switches(line + "Upgrade: websocket\r\n\r\n", "websocket"));
  EXPECT_FALSE(switches(line + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "websocket"));
  EXPECT_FALSE(
      switches(line + "Connection: Upgrade\r\nUpgrade: websocket, x\r\n\r\n", "websocket"));
  EXPECT_FALSE(switches("HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                        "websocket"));
}

TEST(Connection, TrailersAreAskedForByTe) {  // RFC 9110 10.1.4
  EXPECT_TRUE(accepts_trailers(RequestWith("TE: trailers\r\n").head.fields));
  EXPECT_TRUE(accepts_trailers(RequestWith("TE: gzip;q=0.5, Trailers\r\n").head.fields));
  EXPECT_FALSE(accepts_trailers(RequestWith("TE: gzip\r\n").head.fields));
  EXPECT_FALSE(accepts_trailers(RequestWith("").head.fields));
}

TEST(Connection, KeepAliveTellsATimeout) {
  const auto timeout = [](const std::string& value) {
    return keep_alive_timeout(RequestWith("Keep-Alive: " + value + "\r\n").head.fields);
  };
  EXPECT_EQ(timeout("timeout=5"), Seconds(5));
  EXPECT_EQ(timeout("max=100, Timeout=15"), Seconds(15));
  EXPECT_EQ(timeout("timeout=0"), Seconds(0));
  EXPECT_EQ(timeout("max=100"), std::nullopt);
  EXPECT_EQ(timeout("timeout=-1"), std::nullopt);
  EXPECT_EQ(timeout("timeout=x"), std::nullopt);
  EXPECT_EQ(timeout("timeout=99999999999"), std::nullopt);
  EXPECT_EQ(keep_alive_timeout(RequestWith("").head.fields), std::nullopt);
}

TEST(HopByHop, WhatSpeaksOfTheConnectionStaysOnIt) {  // RFC 9110 7.6.1
  RequestWith request(
      "Connection: x-own, X-Gone\r\nX-Own: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: "
      "close\r\nTE: trailers\r\n"
      "Upgrade: h2c\r\nHTTP2-Settings: AA\r\nTransfer-Encoding: chunked\r\nx-gone: 2\r\nx-GONE: "
      "3\r\nX-Kept: 4\r\n");
  remove_hop_by_hop(request.head.fields);
  EXPECT_EQ(request.names_left(), "Host X-Kept ");
}

TEST(HopByHop, ConnectionCannotRemoveWhatIsForEveryone) {
  const std::string fields =
      "Content-Length: 0\r\nX-Forwarded-For: a\r\nX-Forwarded-Anything: b\r\nForwarded: "
      "for=c\r\nVia: 1.1 d\r\n"
      "X-Real-IP: e\r\nAuthorization: f\r\nCookie: g\r\nCache-Control: no-store\r\nX-Request-Id: "
      "h\r\n"
      "Expect: 100-continue\r\nIf-None-Match: i\r\nRange: bytes=0-1\r\n";
  RequestWith request(
      "Connection: host, content-length, x-forwarded-for, x-forwarded-anything, forwarded\r\n" +
      fields +
      "Connection: via, x-real-ip, authorization, cookie, cache-control, x-request-id, expect, "
      "if-none-match, range\r\n");
  remove_hop_by_hop(request.head.fields);
  EXPECT_EQ(request.head.fields.count() - 2, 14u);  // all but the two Connection lines
  int left = 0;
  request.head.fields.for_each([&](const http::Field&) { ++left; });
  EXPECT_EQ(left, 14);
}

TEST(HopByHop, OfTrailersTooWhateverIsNamed) {
  EXPECT_TRUE(names_option("close, x-hop ,TE", "X-Hop"));
  EXPECT_TRUE(names_option("a=\"b, X-Hop, c\"", "X-Hop"));
  EXPECT_FALSE(names_option("close, X-Hopper,, ", "X-Hop"));
  EXPECT_FALSE(names_option("close,,", ""));
}

TEST(HopByHop, AQuoteShieldsNoOption) {
  RequestWith request("Connection: \"a, x-own, b\"\r\nX-Own: 1\r\n");
  remove_hop_by_hop(request.head.fields);
  EXPECT_EQ(request.names_left(), "Host ");
}

}  // namespace
}  // namespace minato::http1
