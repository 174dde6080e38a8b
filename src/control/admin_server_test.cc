#include "control/admin_server.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "admin/api.h"
#include "admin/program.h"
#include "control/testing.h"
#include "sim/peer.h"
#include "sim/sim_network.h"

namespace minato::control {
namespace {

struct IdleProgram final : admin::Program {
  bool ready() const override { return true; }
  admin::Status status() const override { return {}; }
  Task<admin::ReloadOutcome> reload() override { co_return admin::ReloadOutcome{}; }
};

constexpr std::string_view ask = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

class AdminServerTest : public testing::Test {
 protected:
  AdminServerTest() { EXPECT_TRUE(server.listen(address, api)); }

  sim::Peer& client(std::string_view bytes) {
    runtime::Scope task(clients_loop);
    task.start(connect());
    world.run_until_idle();
    peers.back().send(bytes);
    return peers.back();
  }
  /// As many as are served at once, each of which has sent `bytes`.
  void crowd(std::string_view bytes) {
    for (int i = 0; i < 64; ++i) client(bytes);
  }
  /// Whether somebody is answered within `seconds`, while each of the others sends a byte a second.
  bool answers_while_they_drip(int seconds) {
    const std::size_t others = peers.size();
    sim::Peer& asking = client(ask);
    std::string answer;
    for (int second = 0; second < seconds && answer.empty(); ++second) {
      for (std::size_t each = 0; each < others; ++each) (void)peers[each].send_some("x");
      world.advance(1s);
      answer = asking.received();
    }
    return answer.starts_with("HTTP/1.1 200 ");
  }
  bool answers_within(Nanos span) {
    sim::Peer& asking = client(ask);
    std::string answer;
    return world.run_until(
        [&] { return (answer += asking.received()).starts_with("HTTP/1.1 200 "); }, span);
  }

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  sim::SimLoop& clients_loop = world.add_loop();
  sim::SimNetwork network{world.wire(), loop};
  sim::SimNetwork clients{world.wire(), clients_loop};
  const net::Address address = *net::Address::parse("10.0.0.1", 9180);
  NoLines lines;
  observe::Log log{lines};
  IdleProgram program;
  admin::Api api{program, {}};
  std::deque<sim::Peer> peers;
  AdminServer server{loop, network, log};

 private:
  Task<void> connect() {
    auto stream = co_await clients.connect(address, never);
    peers.emplace_back(world, *std::move(stream));
  }
};

TEST_F(AdminServerTest, WhoIsSilentGivesWay) {
  crowd("");
  EXPECT_TRUE(answers_within(0s));
}

TEST_F(AdminServerTest, WhoSendsHalfAHeadKeepsNobodyOutForLong) {
  crowd("GET /liv");
  EXPECT_FALSE(answers_within(1s));
  EXPECT_TRUE(answers_within(5s));
}

TEST_F(AdminServerTest, WhoSendsHalfABodyKeepsNobodyOutForLong) {
  crowd("POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf");
  EXPECT_FALSE(answers_within(1s));
  EXPECT_TRUE(answers_within(7s));  // some of it to hear a client out
}

TEST_F(AdminServerTest, WhoSendsABodyByteByByteKeepsNobodyOutForLong) {
  crowd("POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
  EXPECT_TRUE(answers_while_they_drip(4));
}

TEST_F(AdminServerTest, WhoSendsABodyThatNobodyWantsKeepsNobodyOutForLong) {
  for (const std::string_view path : {"/livez", "/nothing"}) {
    crowd("GET " + std::string(path) +
          " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
    EXPECT_TRUE(answers_while_they_drip(8)) << path;
    peers.clear();
    world.run_until_idle();
  }
}

TEST_F(AdminServerTest, WhoReadsNoAnswerKeepsNobodyOutForLong) {
  auto& faults = world.wire().faults();
  faults.buffer_min = faults.buffer_max = ask.size();  // less than an answer
  crowd(ask);
  EXPECT_FALSE(answers_within(1s));
  EXPECT_TRUE(answers_within(5s));
}

}  // namespace
}  // namespace minato::control
