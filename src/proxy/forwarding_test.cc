#include "proxy/forwarding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "http/testing.h"
#include "http1/connection_fields.h"
#include "http1/parsing_for_tests.h"

namespace minato::proxy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

using Lines = std::vector<std::string>;

const http::Client stranger{.address = "192.0.2.7", .peer = "192.0.2.7", .peer_port = 4711};
/// A proxy in front of this one, and the client that it was believed to speak for.
const http::Client trusted{.address = "203.0.113.9", .peer = "10.0.0.1", .trusted_peer = true};

const ForwardingOptions nothing_added{
    .x_forwarded = false, .x_real_ip = false, .forwarded = false, .via = false, .request_id = ""};
const ForwardingOptions x_forwarded_only{.x_real_ip = false, .via = false, .request_id = ""};
const ForwardingOptions via_only{.x_forwarded = false, .x_real_ip = false, .request_id = ""};
const ForwardingOptions forwarded_only{
    .x_forwarded = false, .x_real_ip = false, .forwarded = true, .via = false, .request_id = ""};

/// The field lines that reach the origin.
Lines forwarded(std::string request_text, const http::Client& client,
                const ForwardingOptions& options) {
  http1::RequestUnderTest received(std::move(request_text));
  EXPECT_EQ(received.feed_all(), http1::Progress::done) << received.text;
  http::testing::NoBody body(received.arena);
  http::RequestId id("exchange-1");
  http::BodyRules rules;
  http::Record record;
  const http::Request request{.head = received.head,
                              .body = body,
                              .client = client,
                              .id = id,
                              .upgrade = http1::wanted_upgrade(received.head),
                              .rules = rules,
                              .record = record,
                              .arena = received.arena};
  http::Fields out(received.arena);
  forward_fields(request, options, "minato-1", out);
  Lines lines;
  out.for_each([&](const http::Field& line) {
    lines.push_back(std::string(line.name) + ": " + std::string(line.value));
  });
  return lines;
}

Lines forwarded_fields(std::string fields, const http::Client& client,
                       const ForwardingOptions& options) {
  return forwarded("GET / HTTP/1.1\r\nHost: a.example\r\n" + std::move(fields) + "\r\n", client,
                   options);
}

TEST(Forwarding, TellsTheOriginOfTheWayByDefault) {
  EXPECT_THAT(forwarded_fields("Accept: */*\r\n", stranger, {}),
              ElementsAre("Host: a.example", "Accept: */*", "X-Forwarded-For: 192.0.2.7",
                          "X-Forwarded-Proto: http", "X-Forwarded-Host: a.example",
                          "X-Real-IP: 192.0.2.7", "Via: 1.1 minato-1", "X-Request-Id: exchange-1"));
}

TEST(Forwarding, AddsNothingThatIsSwitchedOff) {
  EXPECT_THAT(forwarded_fields("Accept: */*\r\n", stranger, nothing_added),
              ElementsAre("Host: a.example", "Accept: */*"));
}

TEST(Forwarding, EndToEndFieldsKeepTheirOrderSpellingAndRepetition) {
  EXPECT_THAT(
      forwarded_fields("x-B: 1\r\nCOOKIE: c\r\nX-a: 2\r\nx-B: 3\r\n", stranger, nothing_added),
      ElementsAre("Host: a.example", "x-B: 1", "COOKIE: c", "X-a: 2", "x-B: 3"));
}

TEST(Forwarding, WhatAStrangerClaimsOfTheWayIsReplaced) {
  constexpr const char* claims =
      "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n"
      "X-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n";
  ForwardingOptions options;
  options.forwarded = true;
  EXPECT_THAT(
      forwarded_fields(claims, stranger, options),
      ElementsAre("Host: a.example", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http",
                  "X-Forwarded-Host: a.example", "X-Real-IP: 192.0.2.7",
                  "Forwarded: for=192.0.2.7;host=\"a.example\";proto=http", "Via: 1.1 minato-1",
                  "X-Request-Id: exchange-1"));
}

TEST(Forwarding, WhatAStrangerClaimsGoesEvenWhereNothingTakesItsPlace) {
  for (const std::string name :
       {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
        "x-forwarded-prefix", "X-Forwarded-", "X-Real-IP", "Forwarded",
        // An origin that is called through CGI reads these as the names above.
        "X_Forwarded_For", "x-forwarded_for", "X_Forwarded-Prefix", "X_Real_IP", "X-Real_IP",
        "x_real-ip"}) {
    EXPECT_THAT(forwarded_fields(name + ": 6.6.6.6\r\n", stranger, nothing_added),
                ElementsAre("Host: a.example"))
        << name;
    EXPECT_THAT(forwarded_fields(name + ": 6.6.6.6\r\n", trusted, nothing_added),
                ElementsAre("Host: a.example", name + ": 6.6.6.6"))
        << name;
  }
}

TEST(Forwarding, NamesThatOnlyResembleAClaimPass) {
  for (const std::string line : {"X-Forward: 1", "X-Forwarded: 1", "X-Real-IPs: 1", "X-Real: 1",
                                 "XX-Forwarded-For: 1", "Forwarded-For: 1"})
    EXPECT_THAT(forwarded_fields(line + "\r\n", stranger, nothing_added), Contains(line));
}

TEST(Forwarding, ATrustedProxysChainGrowsByThePeer) {
  EXPECT_THAT(forwarded_fields("X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.0.0.2\r\n",
                               trusted, x_forwarded_only),
              Contains("X-Forwarded-For: 203.0.113.9, 10.0.0.2, 10.0.0.1"));
}

TEST(Forwarding, WhatATrustedProxySaysOfSchemeAndHostStays) {
  const auto lines = forwarded_fields(
      "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n", trusted, x_forwarded_only);
  EXPECT_THAT(lines, ElementsAre("Host: a.example", "X-Forwarded-Proto: https",
                                 "X-Forwarded-Host: shop.example", "X-Forwarded-For: 10.0.0.1"));
}

TEST(Forwarding, WhereATrustedProxySaysNothingItIsSaidHere) {
  EXPECT_THAT(forwarded_fields("", trusted, x_forwarded_only),
              ElementsAre("Host: a.example", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: http",
                          "X-Forwarded-Host: a.example"));
}

TEST(Forwarding, RealIpIsTheBelievedClientWhoeverNamesAnother) {
  ForwardingOptions options = nothing_added;
  options.x_real_ip = true;
  EXPECT_THAT(forwarded_fields("X-Real-IP: 10.9.9.9\r\n", trusted, options),
              ElementsAre("Host: a.example", "X-Real-IP: 203.0.113.9"));
  EXPECT_THAT(forwarded_fields("X-Real-IP: 10.9.9.9\r\n", stranger, options),
              ElementsAre("Host: a.example", "X-Real-IP: 192.0.2.7"));
}

TEST(Forwarding, ForwardedNamesClientHostAndScheme) {  // RFC 7239 4
  struct Row {
    const char* peer;
    const char* line;
  };
  for (const Row& row : {
           Row{"192.0.2.7", "Forwarded: for=192.0.2.7;host=\"a.example\";proto=http"},
           // RFC 7239 6: an IPv6 address stands in brackets and quotes.
           Row{"2001:db8::7", "Forwarded: for=\"[2001:db8::7]\";host=\"a.example\";proto=http"},
           Row{"/run/client.sock", "Forwarded: for=unknown;host=\"a.example\";proto=http"},
           Row{"", "Forwarded: for=unknown;host=\"a.example\";proto=http"},
       }) {
    const http::Client client{.address = row.peer, .peer = row.peer};
    EXPECT_THAT(forwarded_fields("", client, forwarded_only),
                ElementsAre("Host: a.example", row.line));
  }
}

TEST(Forwarding, ForwardedOfATrustedProxyGrowsByAnElement) {
  http::Client client = trusted;
  client.scheme = http::Scheme::https;
  EXPECT_THAT(forwarded_fields("Forwarded: for=203.0.113.9\r\n", client, forwarded_only),
              Contains("Forwarded: for=203.0.113.9, "
                       "for=10.0.0.1;host=\"a.example\";proto=https"));
}

TEST(Forwarding, ForwardedLeavesOutAHostThatNobodyNamed) {
  EXPECT_THAT(forwarded("GET / HTTP/1.0\r\n\r\n", stranger, forwarded_only),
              ElementsAre("Forwarded: for=192.0.2.7;proto=http"));
}

TEST(Forwarding, ViaNamesTheVersionThatWasReceived) {  // RFC 9110 7.6.3
  EXPECT_THAT(forwarded("GET / HTTP/1.1\r\nHost: a\r\n\r\n", stranger, via_only),
              Contains("Via: 1.1 minato-1"));
  EXPECT_THAT(forwarded("GET / HTTP/1.0\r\nHost: a\r\n\r\n", stranger, via_only),
              Contains("Via: 1.0 minato-1"));
}

TEST(Forwarding, ViaGrowsByThisHopWhoeverSentIt) {
  for (const auto& client : {stranger, trusted})
    EXPECT_THAT(forwarded_fields("Via: 1.0 fred\r\nVia: 1.1 p.example\r\n", client, via_only),
                ElementsAre("Host: a.example", "Via: 1.0 fred, 1.1 p.example, 1.1 minato-1"));
}

TEST(Forwarding, TheRequestIdIsThisExchangesUnderTheConfiguredName) {
  ForwardingOptions options = nothing_added;
  options.request_id = "X-Correlation";
  EXPECT_THAT(
      forwarded_fields("X-Correlation: theirs\r\nx-correlation: again\r\n", stranger, options),
      ElementsAre("Host: a.example", "X-Correlation: exchange-1"));
}

TEST(Forwarding, NoOtherSpellingOfTheRequestIdIsBesideIt) {
  ForwardingOptions options = nothing_added;
  for (const char* const name : {"X-Request-Id", "X-Our-Id"}) {
    options.request_id = name;
    std::string other = name;
    std::ranges::replace(other, '-', '_');
    for (const auto& client : {stranger, trusted})
      EXPECT_THAT(forwarded_fields(other + ": theirs\r\n", client, options),
                  ElementsAre("Host: a.example", std::string(name) + ": exchange-1"));
  }
}

TEST(Forwarding, FramingInAnotherSpellingGoesNoFurther) {
  for (const std::string name :
       {"Content_Length", "content_length", "Transfer_Encoding", "TRANSFER_ENCODING"})
    for (const auto& client : {stranger, trusted})
      EXPECT_THAT(forwarded_fields(name + ": 5\r\n", client, nothing_added),
                  ElementsAre("Host: a.example"))
          << name;
  EXPECT_THAT(forwarded_fields("User_Agent: a\r\nX_Own: b\r\n", stranger, nothing_added),
              ElementsAre("Host: a.example", "User_Agent: a", "X_Own: b"));
}

TEST(Forwarding, TrailersThatConnectionNamesOrThatAreOursToSayGoNoFurther) {  // RFC 9110 7.6.1
  BlockPool pool;
  Arena arena(pool);
  http::Fields trailers(arena), out(arena);
  for (const char* const name : {"X-Sum", "X-Hop", "x-our-id", "X_Our_Id", "X-Last"})
    trailers.add(name, "1");
  forward_trailers(trailers, "close, x-hop ,TE", "X-Our-Id", out);
  Lines lines;
  out.for_each([&](const http::Field& line) { lines.emplace_back(line.name); });
  EXPECT_THAT(lines, ElementsAre("X-Sum", "X-Last"));
}

TEST(Forwarding, TheAuthorityOfAnAbsoluteTargetIsTheHost) {  // RFC 9112 3.2.2
  EXPECT_THAT(forwarded("GET http://b.example:81/x HTTP/1.1\r\nHost: a.example\r\n\r\n", stranger,
                        x_forwarded_only),
              ElementsAre("Host: b.example:81", "X-Forwarded-For: 192.0.2.7",
                          "X-Forwarded-Proto: http", "X-Forwarded-Host: b.example:81"));
}

TEST(Forwarding, ARequestWithoutHostGetsNoneHere) {
  EXPECT_THAT(forwarded("GET / HTTP/1.0\r\n\r\n", stranger, nothing_added), IsEmpty());
}

TEST(Forwarding, FramingIsTheNextConnectionsBusiness) {
  EXPECT_THAT(
      forwarded("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", stranger, nothing_added),
      ElementsAre("Host: a"));
  EXPECT_THAT(forwarded("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                        stranger, nothing_added),
              ElementsAre("Host: a"));
}

TEST(Forwarding, HopByHopFieldsAndThoseThatConnectionNamesGo) {  // RFC 9110 7.6.1
  EXPECT_THAT(
      forwarded_fields("Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                       "Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
                       "TE: gzip\r\nX-Kept: 1\r\n",
                       stranger, nothing_added),
      ElementsAre("Host: a.example", "X-Kept: 1"));
}

TEST(Forwarding, ConnectionCannotRemoveWhatForwardingNeeds) {
  const auto lines = forwarded_fields(
      "Connection: Host, Authorization, X-Forwarded-For, Via\r\nAuthorization: Basic x\r\n"
      "Via: 1.1 p\r\nX-Forwarded-For: 203.0.113.9\r\n",
      trusted, {});
  EXPECT_THAT(lines, Contains("Host: a.example"));
  EXPECT_THAT(lines, Contains("Authorization: Basic x"));
  EXPECT_THAT(lines, Contains("Via: 1.1 p, 1.1 minato-1"));
  EXPECT_THAT(lines, Contains("X-Forwarded-For: 203.0.113.9, 10.0.0.1"));
}

TEST(Forwarding, TrailersAndWebsocketAreAskedForAnew) {  // RFC 9110 7.8, 10.1.4
  struct Row {
    const char* sent;
    Lines reaches;
  };
  const Row rows[] = {
      {"TE: trailers\r\nConnection: TE\r\n", {"TE: trailers", "Connection: TE"}},
      {"TE: gzip;q=1, trailers\r\n", {"TE: trailers", "Connection: TE"}},
      {"TE: gzip\r\nConnection: TE\r\n", {}},
      {"Upgrade: websocket\r\nConnection: Upgrade\r\n",
       {"Upgrade: websocket", "Connection: Upgrade"}},
      {"Upgrade: h2c, websocket\r\nConnection: upgrade, TE\r\nTE: trailers\r\n",
       {"TE: trailers", "Upgrade: websocket", "Connection: Upgrade, TE"}},
      {"Upgrade: h2c\r\nHTTP2-Settings: AAMA\r\nConnection: Upgrade, HTTP2-Settings\r\n", {}},
      {"Upgrade: websocket\r\n", {}},  // Connection does not name it
  };
  for (const Row& row : rows) {
    Lines expected{"Host: a.example"};
    expected.insert(expected.end(), row.reaches.begin(), row.reaches.end());
    EXPECT_EQ(forwarded_fields(row.sent, stranger, nothing_added), expected) << row.sent;
  }
}

TEST(Forwarding, ARequestThatViaSaysWasHereIsALoop) {
  struct Row {
    const char* fields;
    bool was_here;
  };
  for (const Row& row : {
           Row{"Via: 1.1 minato-1\r\n", true},
           Row{"Via: HTTP/1.1 minato-1\r\n", true},
           Row{"Via: 1.0 fred, 1.1 minato-1 (a proxy), 1.1 p.example\r\n", true},
           Row{"Via: 1.0 fred\r\nVia: 1.1 minato-1(x)\r\n", true},
           Row{"Via: 1.1\tminato-1\r\n", true},
           Row{"", false},
           Row{"Via: 1.1 minato-2\r\n", false},
           Row{"Via: 1.1 minato-10\r\n", false},
           Row{"Via: 1.1 fred (minato-1)\r\n", false},
           Row{"X-Via: 1.1 minato-1\r\n", false},
       }) {
    http1::RequestUnderTest received("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(row.fields) +
                                     "\r\n");
    ASSERT_EQ(received.feed_all(), http1::Progress::done);
    EXPECT_EQ(has_passed_through(received.head.fields, "minato-1"), row.was_here) << row.fields;
  }
}

}  // namespace
}  // namespace minato::proxy
