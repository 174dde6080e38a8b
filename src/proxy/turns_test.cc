// Who is never waited for still lets others have their turn.
#include <functional>

#include "connection/receive_buffer.h"
#include "http/testing.h"
#include "proxy/body_pump.h"
#include "proxy/test_proxy.h"
#include "proxy/tunnel.h"

namespace minato::proxy {
namespace {

using Piece = Result<std::string_view>;

constexpr int many = 1000;
constexpr int turns_of_many = many / pieces_in_a_row;

/// Pieces that are all there, then the end.
struct Pieces {
  Piece next() { return left-- > 0 ? Piece("x") : Piece(""); }
  int left = 0;
};

struct ReadyBody final : http::RequestBody {
  explicit ReadyBody(Arena& arena) : none(arena) {}
  http::BodyLength length() const override { return {.kind = http::BodyLength::Kind::chunked}; }
  bool awaits_continue() const override { return false; }
  bool buffered() const override { return false; }
  Soon<Piece> read() override { return pieces.next(); }
  bool ended() const override { return pieces.left < 0; }
  const http::Fields& trailers() const override { return none; }
  http::Fields none;
  Pieces pieces{many};
};

struct ReadyTunnel final : http::Tunnel {
  Soon<Piece> read() override { return pieces.next(); }
  Soon<Result<void>> write(std::string_view) override { return Result<void>{}; }
  void end_writing() override {}
  Pieces pieces;
};

struct ReadyCall final : connection::Call {
  explicit ReadyCall(Arena& arena) : none(arena) {}
  Result<void> start(const http::RequestHead&, http::BodyLength) override { return {}; }
  Soon<Result<void>> write(std::string_view, http::Last) override { return Result<void>{}; }
  Soon<Result<void>> finish(const http::Fields*) override { return Result<void>{}; }
  Task<Result<void>> read_head(Instant) override { co_return Result<void>{}; }
  bool received_any() const override { return true; }
  http::BodyLength body_length() const override { return http::BodyLength::none(); }
  Soon<Piece> read_body() override { return Piece(""); }
  bool body_ended() const override { return true; }
  const http::Fields& trailers() const override { return none; }
  Soon<Piece> read_raw() override { return pieces.next(); }
  Soon<Result<void>> write_raw(std::string_view, Millis) override { return Result<void>{}; }
  void end_writing() override {}
  void abort(Error) override {}
  http::Fields none;
  Pieces pieces;
};

class Turns : public LoneProxyTest {
 protected:
  /// How many turns somebody else has until `done`.
  Task<void> count_until(std::function<bool()> done) {
    for (; !done(); ++turns) co_await loop.breathe();
  }
  Task<void> carry(http::Tunnel& client, connection::Call& call) {
    (void)co_await relay_tunnel(loop, client, call, 0ms);
    over = true;
  }
  Task<void> pump(http::RequestBody& body, connection::Call& call) {
    http::testing::TestRequest sent(arena, &body);
    BodyPump sender(loop, sent.request, "");
    Attempt attempt;
    co_await sender.run(call, attempt);
    over = true;
  }
  int turns_until_over(Task<void> task) {
    runtime::Scope tasks(loop);
    tasks.start(std::move(task));
    tasks.start(count_until([this] { return over; }));
    world.run_until_idle();
    return turns;
  }

  BlockPool blocks;
  Arena arena{blocks};
  bool over = false;
  int turns = 0;
};

TEST_F(Turns, ABodyOfWhichAllIsThereTakesMany) {
  ReadyBody body(arena);
  ReadyCall call(arena);
  EXPECT_GE(turns_until_over(pump(body, call)), turns_of_many);
}

TEST_F(Turns, ATunnelWhoseClientIsNeverWaitedForTakesMany) {
  ReadyTunnel client;
  ReadyCall call(arena);
  client.pieces.left = many;
  EXPECT_GE(turns_until_over(carry(client, call)), turns_of_many);
}

TEST_F(Turns, ATunnelWhoseOriginIsNeverWaitedForTakesMany) {
  ReadyTunnel client;
  ReadyCall call(arena);
  call.pieces.left = many;
  EXPECT_GE(turns_until_over(carry(client, call)), turns_of_many);
}

TEST_F(Turns, OfAnAnswerOfWhichAllIsThereOneTurnHasSeveral) {
  constexpr int turns_of_answer = 8;
  const std::string answer(
      turns_of_answer * pieces_in_a_row * connection::ReceiveBuffer::block_bytes, 'x');
  world.wire().faults().buffer_min = world.wire().faults().buffer_max = 2 * answer.size();
  auto& browser = client(get);
  (void)origin().newest().received();
  runtime::Scope others(loop);
  others.start(count_until([this] { return !told.reasons.empty(); }));
  origin().newest().send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size()) +
                         "\r\n\r\n" + answer);
  EXPECT_TRUE(browser.received().ends_with(answer));
  EXPECT_GE(turns, turns_of_answer);
  EXPECT_LT(turns, turns_of_answer * 4);
}

}  // namespace
}  // namespace minato::proxy
