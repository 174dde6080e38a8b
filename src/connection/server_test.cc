#include "connection/server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

#include "connection/receive_buffer.h"
#include "net/fd_stream.h"
#include "runtime/epoll_loop.h"

namespace minato::connection {
namespace {

using testing::Test;

/// Answers with the request's body behind its path.
class Echo final : public http::Handler {
 public:
  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override {
    std::string body(request.head.target.text);
    for (;;) {
      const auto piece = co_await request.body.read();
      if (!piece)
        co_return std::unexpected(http::Failure{http::Reason::malformed_request, piece.error()});
      if (piece->empty()) break;
      body += *piece;
    }
    http::ResponseHead head(request.arena);
    head.status = 200;
    if (auto begun = responder.start(head, http::BodyLength::known(body.size())); !begun)
      co_return std::unexpected(http::Failure{http::Reason::internal, begun.error()});
    auto sent = co_await responder.write(body, http::Last::yes);
    if (!sent) co_return std::unexpected(http::Failure{http::Reason::client_gone, sent.error()});
    co_return http::Outcome{};
  }
};

struct TestFront final : Front {
  TestFront() { trusted_proxies = &nobody; }
  http::Handler& handler() override { return echo; }
  Echo echo;
  net::CidrSet nobody;
};

struct Counting final : Witness {
  void connection_opened() override { ++open; }
  void connection_closed() override { --open; }
  void exchange_ended(const ExchangeEnd& end) override {
    statuses.push_back(end.status);
    reasons.push_back(end.record.reason);
  }
  int open = 0;
  std::vector<int> statuses;
  std::vector<http::Reason> reasons;
};

/// A server with one client connection, whose other end the test holds.
class ServerTest : public Test {
 protected:
  ServerTest() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    client = net::FdStream::make(*loop, Fd(fds[0]), Side::upstream).value();
    port = make_local<Port>();
    port->front = LocalRef<Front>(new TestFront);
    port->number = 80;
    net::Accepted accepted{
        .stream = net::FdStream::make(*loop, Fd(fds[1]), Side::downstream).value(),
        .peer = *net::Address::parse("192.0.2.7", 4711)};
    server.serve(std::move(accepted), port);
  }

  static Task<void> send_and_read(ServerTest& test, std::string request) {
    std::array<iovec, 1> piece{{{request.data(), request.size()}}};
    EXPECT_TRUE(co_await test.client->write(piece, 0ms));
    test.client->end_writing();
    std::array<char, 4096> buffer;
    for (;;) {
      const auto count = co_await test.client->read(buffer, never);
      if (!count || *count == 0) break;
      test.answer.append(buffer.data(), *count);
    }
    co_await stop_when_empty(test);
  }
  static Task<void> send_as_the_port_closes(ServerTest& test, std::string request) {
    std::array<char, 4096> buffer;
    for (int number = 0; number < 2; ++number) {
      std::array<iovec, 1> piece{{{request.data(), request.size()}}};
      EXPECT_TRUE(co_await test.client->write(piece, 0ms));
      if (number == 1) test.server.retire(*test.port);  // the request is with the kernel
      const auto count = co_await test.client->read(buffer, never);
      test.answer.assign(buffer.data(), count.value_or(0));
    }
    co_await stop_when_empty(test);
  }
  /// The turns that somebody else has while the first of `count` requests is answered and the last
  /// one is not.
  static Task<void> count_turns(ServerTest& test, std::size_t count, int& turns) {
    for (const auto& answered = test.witness.statuses; answered.size() < count;) {
      co_await test.loop->breathe();
      if (!answered.empty() && answered.size() < count) ++turns;
    }
  }
  /// Ends the connection by closing the one that is idle; tells what it held until then.
  static Task<void> ask_and_be_idle(ServerTest& test, std::string request, std::size_t& held) {
    std::array<iovec, 1> piece{{{request.data(), request.size()}}};
    EXPECT_TRUE(co_await test.client->write(piece, 0ms));
    std::array<char, 65536> buffer;
    EXPECT_TRUE(co_await test.client->read(buffer, never));
    for (int turn = 0; turn < 3; ++turn) co_await test.loop->breathe();
    held = test.loop->blocks().lent_bytes();
    EXPECT_TRUE(test.server.close_longest_idle());
    co_await stop_when_empty(test);
  }
  static Task<void> stop_when_empty(ServerTest& test) {
    co_await test.server.empty();
    test.loop->stop();
  }

  /// Sends `request`, ends, and returns all that comes back.
  std::string answers(std::string request) {
    tasks.start(send_and_read(*this, std::move(request)));
    loop->run();
    return answer;
  }

  std::unique_ptr<runtime::EpollLoop> loop = runtime::EpollLoop::make(1).value();
  Counting witness;
  std::unique_ptr<net::Stream> client;
  LocalRef<Port> port;
  Server server{*loop, witness};
  runtime::Scope tasks{*loop};
  std::string answer;
};

std::size_t count_of(std::string_view needle, std::string_view in) {
  std::size_t count = 0;
  for (auto at = in.find(needle); at != in.npos; at = in.find(needle, at + 1)) ++count;
  return count;
}

TEST_F(ServerTest, AnswersARequestAndClosesAtTheClientsEnd) {
  const auto got = answers("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 ")) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\n/x")) << got;
  EXPECT_EQ(count_of("Date: ", got), 1u);
  EXPECT_EQ(witness.statuses, std::vector{200});
  EXPECT_EQ(witness.open, 0);
  EXPECT_EQ(loop->blocks().lent_bytes(), 0u);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  std::string requests;
  for (int i = 0; i < 100; ++i)
    requests +=
        "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  const auto got = answers(requests);
  std::size_t at = 0;
  for (int i = 0; i < 100; ++i) {
    at = got.find("\r\n\r\n/" + std::to_string(i) + "abc", at);
    ASSERT_NE(at, got.npos) << i;
  }
  EXPECT_EQ(count_of("HTTP/1.1 200", got), 100u);
}

/// A GET whose head takes so many bytes.
std::string request_of(std::size_t bytes) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  return head + std::string(bytes - head.size() - 4, 'x') + "\r\n\r\n";
}

TEST_F(ServerTest, LetsOthersHaveTheirTurnAmongPipelinedRequests) {
  constexpr std::size_t count = 96;
  std::string requests;
  for (std::size_t i = 0; i < count; ++i)
    requests += request_of(1024);  // a read's room ends with one
  int turns = 0;
  tasks.start(count_turns(*this, count, turns));
  EXPECT_EQ(count_of("HTTP/1.1 200", answers(requests)), count);
  EXPECT_GE(turns, 2);
}

TEST_F(ServerTest, HoldsNothingForAClientThatHasAskedForNothingMore) {
  std::size_t held = 1;
  // Of the size of the read's room, so that only the next read can tell that nothing is left.
  tasks.start(ask_and_be_idle(*this, request_of(ReceiveBuffer::block_bytes), held));
  loop->run();
  EXPECT_EQ(held, 0u);
  EXPECT_EQ(witness.statuses, std::vector{200});
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  const auto got = answers(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  EXPECT_TRUE(got.ends_with("\r\n\r\n/abcde")) << got;
}

TEST_F(ServerTest, RefusesWhatIsMalformedAndCloses) {
  const auto got =
      answers("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 400 ")) << got;
  EXPECT_EQ(count_of("Connection: close", got), 1u);
  EXPECT_EQ(count_of("HTTP/1.1", got), 1u);
  EXPECT_EQ(witness.reasons, std::vector{http::Reason::malformed_request});
}

TEST_F(ServerTest, AHeadLargerThanABlockIsRead) {
  const std::string target = "/" + std::string(15'000, 'a');
  const auto got = answers("GET " + target +
                           " HTTP/1.1\r\nHost: a\r\nX: " + std::string(30'000, 'b') + "\r\n\r\n");
  EXPECT_TRUE(got.ends_with(target)) << got.substr(0, 200);
}

TEST_F(ServerTest, AnHttp10ClientGetsItsAnswerAndTheEnd) {
  const auto got = answers("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(got.ends_with("/old")) << got;
  EXPECT_EQ(count_of("Connection: close", got), 1u);
}

TEST_F(ServerTest, ARequestThatHasComeWhenItsPortClosesIsAnswered) {
  tasks.start(send_as_the_port_closes(*this, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
  loop->run();
  EXPECT_EQ(witness.statuses, (std::vector{200, 200}));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n/x")) << answer;
  EXPECT_EQ(count_of("Connection: close", answer), 1u);
}

}  // namespace
}  // namespace minato::connection
