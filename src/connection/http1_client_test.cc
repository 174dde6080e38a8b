#include "connection/http1_client.h"

#include <gtest/gtest.h>

#include "connection/test_connection.h"

namespace minato::connection {
namespace {

using http::BodyLength;
using http::Last;

/// A connection to an origin with one call on it. The test is the origin.
class Exchange {
 public:
  explicit Exchange(std::string_view method = "GET", BodyLength length = BodyLength::none(),
                    std::size_t head_bytes_max = 64u << 10)
      : client(std::move(connection.near)) {
    client.begin({.response = response, .rules = rules, .head_bytes_max = head_bytes_max});
    request.method = http::method_of(method);
    request.method_text = method;
    request.target.text = "/x";
    request.fields.add("Host", "a");
    EXPECT_TRUE(client.start(request, length));
    if (length.empty()) {
      EXPECT_TRUE(connection.await(client.finish(nullptr)));
      sent = connection.received();
    }
  }

  Result<void> read_head(Instant until = never) {
    return connection.await(client.read_head(until));
  }
  Result<std::string> read_body() { return connection.await(collect(client)); }
  static Task<Result<std::string>> collect(Http1Client& client) {
    std::string all;
    for (;;) {
      const auto piece = co_await client.read_body();
      if (!piece) co_return std::unexpected(piece.error());
      if (piece->empty()) co_return all;
      all += *piece;
    }
  }
  Fault fault_of_head() {
    const auto head = read_head();
    EXPECT_FALSE(head);
    return head ? Fault::cancelled : head.error().fault;
  }

  TestConnection connection;
  BlockPool pool;
  Arena arena{pool};
  http::BodyRules rules;
  http::RequestHead request{arena};
  http::ResponseHead response{arena};
  Http1Client client;
  std::string sent;
};

TEST(Http1Client, KnowsWhetherTheKernelTookAnyOfTheRequest) {
  Exchange exchange;
  EXPECT_TRUE(exchange.client.sent_any());
  exchange.client.end();
  exchange.connection.reset();
  exchange.client.begin({.response = exchange.response, .rules = exchange.rules});
  EXPECT_TRUE(exchange.client.start(exchange.request, BodyLength::none()));
  EXPECT_FALSE(exchange.connection.await(exchange.client.finish(nullptr)));
  EXPECT_FALSE(exchange.client.sent_any());
}

TEST(Http1Client, SendsTheRequestAsItIs) {
  EXPECT_EQ(Exchange("FROB").sent, "FROB /x HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST(Http1Client, AnnouncesTheBodyThatItSends) {  // RFC 9112 6
  struct Row {
    BodyLength length;
    const char* on_the_wire;
  };
  for (const Row& row : {
           Row{BodyLength::known(2), "Content-Length: 2\r\n\r\nok"},
           Row{{BodyLength::Kind::chunked, 0},
               "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
       }) {
    Exchange exchange("POST", row.length);
    EXPECT_TRUE(exchange.connection.await(exchange.client.write("ok", Last::yes)));
    EXPECT_EQ(exchange.connection.received(),
              std::string("POST /x HTTP/1.1\r\nHost: a\r\n") + row.on_the_wire);
  }
  Exchange empty("POST", BodyLength::known(0));
  EXPECT_EQ(empty.sent, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
}

TEST(Http1Client, ReadsAResponseHoweverItIsSplit) {
  constexpr std::string_view bytes =
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Exchange exchange;
    Pending<Result<void>> hints(exchange.connection.loop, exchange.client.read_head(never));
    exchange.connection.send(bytes.substr(0, cut));
    if (!hints.done()) exchange.connection.send(bytes.substr(cut));
    ASSERT_TRUE(hints.done() && hints.value()) << cut;
    EXPECT_EQ(exchange.response.status, 103);
    EXPECT_EQ(exchange.response.fields.value(http::FieldId::link), "</a>");
    Pending<Result<void>> head(exchange.connection.loop, exchange.client.read_head(never));
    if (!head.done()) exchange.connection.send(bytes.substr(cut));
    ASSERT_TRUE(head.done() && head.value()) << cut;
    EXPECT_EQ(exchange.response.status, 200);
    EXPECT_FALSE(exchange.response.fields.has(http::FieldId::link));
  }
}

TEST(Http1Client, AConnectionIsReusedOnlyAfterACleanEnd) {  // RFC 9112 9.3
  struct Row {
    const char* method;
    const char* response;
    bool ends;
    bool reusable;
  };
  for (const Row& row : {
           Row{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, true},
           Row{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, true},
           Row{"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
               false, true},
           Row{"GET", "HTTP/1.1 204 No Content\r\n\r\n", false, true},
           Row{"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, true},
           Row{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", false, true},
           Row{"GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
               false, true},
           // The origin does not keep it.
           Row{"GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false,
               false},
           Row{"GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false, false},
           // The end of the connection is the end of the body.
           Row{"GET", "HTTP/1.1 200 OK\r\n\r\nok", true, false},
           // More came than was asked for.
           Row{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", false,
               false},
           Row{"GET", "HTTP/1.1 204 No Content\r\n\r\nok", false, false},
           Row{"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok", false, false},
           Row{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, false},
           Row{"GET",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n\r\n",
               false, false},
       }) {
    Exchange exchange(row.method);
    exchange.connection.send(row.response);
    if (row.ends) exchange.connection.end();
    ASSERT_TRUE(exchange.read_head()) << row.response;
    EXPECT_TRUE(exchange.read_body()) << row.response;
    EXPECT_EQ(exchange.client.reusable(), row.reusable) << row.response;
  }
}

TEST(Http1Client, ABodyThatWasNotReadToItsEndForbidsReuse) {
  for (const std::string_view body : {"", "o", "ok"}) {
    Exchange exchange;
    exchange.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + std::string(body));
    ASSERT_TRUE(exchange.read_head());
    EXPECT_FALSE(exchange.client.reusable()) << body;
  }
}

TEST(Http1Client, AnEarlyEndOfABodyIsAnErrorAndForbidsReuse) {
  Exchange exchange;
  exchange.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok");
  exchange.connection.end();
  ASSERT_TRUE(exchange.read_head());
  const auto body = exchange.read_body();
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().fault, Fault::closed);
  EXPECT_FALSE(exchange.client.reusable());
}

TEST(Http1Client, ARequestThatWasNotSentToItsEndForbidsReuse) {
  Exchange exchange("POST", BodyLength::known(100));
  EXPECT_TRUE(exchange.connection.await(exchange.client.write("some of it", Last::no)));
  exchange.connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(exchange.read_head());
  EXPECT_FALSE(exchange.client.reusable());
}

TEST(Http1Client, AnInterimResponseIsNoEndOfTheExchange) {  // RFC 9110 15.2
  Exchange exchange;
  exchange.connection.send("HTTP/1.1 103 Early Hints\r\n\r\n");
  ASSERT_TRUE(exchange.read_head());
  EXPECT_FALSE(exchange.client.reusable());
  exchange.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(exchange.read_head());
  EXPECT_TRUE(exchange.client.reusable());
}

TEST(Http1Client, AnInterimResponseThatAnnouncesABodyIsMalformed) {  // RFC 9110 8.6, RFC 9112 6.1
  for (const std::string status : {"100 Continue", "101 Switching Protocols", "103 Early Hints"})
    for (const std::string field :
         {"Content-Length: 5", "Content-Length: x", "Content-Length: 0\r\nContent-Length: 0",
          "Transfer-Encoding: chunked", "Transfer-Encoding: identity"}) {
      Exchange exchange;
      exchange.connection.send("HTTP/1.1 " + status + "\r\n" + field + "\r\n\r\n");
      EXPECT_EQ(exchange.fault_of_head(), Fault::malformed) << status << " with " << field;
    }
}

TEST(Http1Client, FramingThatIsNotClearIsMalformed) {
  for (const std::string_view fields :
       {"Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: +1\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
        "No-Colon\r\n", "Space : 1\r\n", " Folded: 1\r\n"}) {
    Exchange exchange;
    exchange.connection.send("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n");
    EXPECT_EQ(exchange.fault_of_head(), Fault::malformed) << fields;
    EXPECT_FALSE(exchange.client.reusable());
  }
}

TEST(Http1Client, AHeadOverTheLimitIsTooLarge) {
  constexpr std::string_view before = "HTTP/1.1 204 OK\r\nX: ";
  for (const std::size_t limit : {2'000u, 20'000u, 100'000u}) {
    Exchange within("GET", BodyLength::none(), limit);
    const std::string value(limit - before.size() - 4, 'x');
    within.connection.send(std::string(before) + value + "\r\n\r\n");
    EXPECT_TRUE(within.read_head()) << limit;
    Exchange over("GET", BodyLength::none(), limit);
    over.connection.send(std::string(before) + value + "x\r\n\r\n");
    EXPECT_EQ(over.fault_of_head(), Fault::fields_too_large) << limit;
  }
}

TEST(Http1Client, TellsWhetherAnyByteOfAResponseCame) {
  struct Row {
    const char* bytes;
    bool received_any;
  };
  for (const Row& row : {Row{"", false}, Row{"H", true}, Row{"HTTP/1.1 200 OK\r\n", true}}) {
    Exchange exchange;
    exchange.connection.send(row.bytes);
    exchange.connection.end();
    EXPECT_EQ(exchange.fault_of_head(), Fault::closed);
    EXPECT_EQ(exchange.client.received_any(), row.received_any) << row.bytes;
  }
}

TEST(Http1Client, AHeadThatDoesNotComeTimesOut) {
  Exchange exchange;
  const auto head = exchange.read_head(exchange.connection.loop.now() + 60s);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().fault, Fault::timed_out);
  EXPECT_FALSE(exchange.client.received_any());
}

TEST(Http1Client, KnowsHowLongTheOriginKeepsAnIdleConnection) {
  Exchange exchange;
  exchange.connection.send(
      "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=7, max=100\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(exchange.read_head());
  EXPECT_EQ(exchange.client.idle_limit(), 7s);
}

TEST(Http1Client, OwnsNoBufferBeforeTheOriginSaysSomething) {
  Exchange exchange;
  TestConnection& connection = exchange.connection;
  const auto before = connection.loop.blocks().lent_bytes();
  Pending<Result<void>> head(connection.loop, exchange.client.read_head(never));
  EXPECT_FALSE(connection.world.run_until([&] { return head.done(); }, 1s));
  EXPECT_EQ(connection.loop.blocks().lent_bytes(), before);
  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  connection.world.run_until([&] { return head.done(); }, 1h);
  EXPECT_TRUE(head.value());
}

TEST(Http1Client, OwnsNoBufferBetweenCalls) {
  Exchange exchange;
  exchange.connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_TRUE(exchange.read_head());
  EXPECT_EQ(exchange.read_body(), "ok");
  exchange.client.end();
  EXPECT_EQ(exchange.connection.loop.blocks().lent_bytes(), 0u);
}

TEST(Http1Client, WhatComesBehindASwitchOfProtocolsIsTheFirstOfTheTunnel) {  // RFC 9110 7.8
  Exchange exchange;
  exchange.connection.send("HTTP/1.1 101 Switching Protocols\r\n\r\nfirst");
  ASSERT_TRUE(exchange.read_head());
  EXPECT_EQ(exchange.connection.await(exchange.client.read_raw()), "first");
  exchange.connection.send("second");
  EXPECT_EQ(exchange.connection.await(exchange.client.read_raw()), "second");
  EXPECT_TRUE(exchange.connection.await(exchange.client.write_raw("up", 0s)));
  EXPECT_EQ(exchange.connection.received(), "up");
  EXPECT_FALSE(exchange.client.reusable());
}

}  // namespace
}  // namespace minato::connection
