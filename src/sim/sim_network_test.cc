#include "sim/sim_network.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "runtime/scope.h"
#include "sim/sim_world.h"

namespace minato::sim {
namespace {

using net::Address;
using net::Listener;
using net::Stream;

Address address(std::string_view text, std::uint16_t port) { return *Address::parse(text, port); }
const Address server_address = address("10.0.0.1", 80);

using MaybeStream = Result<std::unique_ptr<Stream>>;
using MaybeAccepted = Result<net::Accepted>;
constexpr Error not_yet{Fault::cancelled, Side::local, 0, "not yet"};

Task<void> connect_into(net::Network& network, Address to, Instant until, MaybeStream& made) {
  made = co_await network.connect(to, until);
}

Task<void> accept_into(Listener& listener, MaybeAccepted& accepted) {
  accepted = co_await listener.accept();
}

/// Two machines.
class SimNetworkTest : public testing::Test {
 protected:
  ~SimNetworkTest() override { client_tasks.cancel_all(), server_tasks.cancel_all(); }
  std::unique_ptr<Listener> listen(const Address& at, bool shared = true) {
    return server.listen({.address = at, .shared = shared}).value();
  }
  MaybeStream connect(const Address& to, Nanos patience = 1h) {
    MaybeStream made = std::unexpected(not_yet);
    client_tasks.start(connect_into(client, to, client_loop.now() + patience, made));
    EXPECT_TRUE(world.run_until([&] { return client_tasks.running() == 0; }, 2h));
    return made;
  }
  MaybeAccepted accept(Listener& listener) {
    MaybeAccepted accepted = std::unexpected(not_yet);
    server_tasks.start(accept_into(listener, accepted));
    world.run_until_idle();
    server_tasks.cancel_all();
    return accepted;
  }

  SimWorld world{7};
  SimLoop &client_loop = world.add_loop(), &server_loop = world.add_loop();
  SimNetwork client{world.wire(), client_loop, address("10.0.0.9", 0)};
  SimNetwork server{world.wire(), server_loop, address("10.0.0.1", 0)};
  runtime::Scope client_tasks{client_loop}, server_tasks{server_loop};
};

TEST_F(SimNetworkTest, AConnectionKnowsBothItsEnds) {
  const auto listener = listen(server_address);
  const auto stream = connect(server_address);
  ASSERT_TRUE(stream);
  EXPECT_EQ((*stream)->side(), Side::upstream);
  const auto accepted = accept(*listener);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->stream->side(), Side::downstream);
  EXPECT_EQ(accepted->peer.host_text(), "10.0.0.9");
  EXPECT_NE(accepted->peer.port(), 0);
}

TEST_F(SimNetworkTest, NobodyListeningMeansRefused) {
  const Error error = connect(server_address).error();
  EXPECT_EQ(error.fault, Fault::refused);
  EXPECT_EQ(error.side, Side::upstream);
  EXPECT_EQ(error.os_errno, ECONNREFUSED);
  EXPECT_EQ(connect(*Address::unix_path("/run/app.sock")).error().fault, Fault::not_found);
}

TEST_F(SimNetworkTest, ASilentServerIsWaitedForUntilTheDeadline) {
  const auto listener = listen(server_address);
  world.wire().silence(server_address);
  const Instant before = world.now();
  EXPECT_EQ(connect(server_address, 5s).error().fault, Fault::timed_out);
  EXPECT_EQ(world.now(), before + 5s);
  EXPECT_EQ(connect(server_address, 10h).error().os_errno, ETIMEDOUT);  // the kernel's own limit
  world.wire().unsilence(server_address);
  EXPECT_TRUE(connect(server_address, 5s));
}

TEST_F(SimNetworkTest, AWildcardTakesWhatNoExactListenerDoes) {
  const auto any4 = listen(address("0.0.0.0", 80)), any6 = listen(address("::", 80));
  const auto exact = listen(server_address);
  EXPECT_TRUE(connect(server_address));
  EXPECT_TRUE(accept(*exact));
  EXPECT_TRUE(connect(address("10.0.0.2", 80)));
  EXPECT_TRUE(accept(*any4));
  EXPECT_TRUE(connect(address("::1", 80)));
  EXPECT_EQ(accept(*any6)->peer.host_text(), "::1");
  EXPECT_FALSE(connect(address("10.0.0.2", 81)));
}

TEST_F(SimNetworkTest, AnIpv6WildcardTakesIpv4Too) {
  const auto any = listen(address("::", 80));
  EXPECT_TRUE(connect(server_address));
  EXPECT_EQ(accept(*any)->peer.host_text(), "10.0.0.9");
}

TEST_F(SimNetworkTest, ListenersOfOneAddressShareItsConnections) {
  const auto one = listen(server_address), other = listen(server_address);
  int counts[2] = {};
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(connect(server_address));
    ++counts[accept(*one) ? 0 : 1];
  }
  EXPECT_GT(counts[0], 5);
  EXPECT_GT(counts[1], 5);
}

TEST_F(SimNetworkTest, AnAddressThatIsNotSharedIsDenied) {
  const auto one = listen(server_address, false);
  const auto other = server.listen({.address = server_address});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().fault, Fault::denied);
  EXPECT_EQ(other.error().os_errno, EADDRINUSE);
  EXPECT_TRUE(server.listen({.address = server_address.with_port(81)}));
}

TEST_F(SimNetworkTest, PortZeroBecomesAFreePort) {
  const auto listener = listen(server_address.with_port(0));
  EXPECT_NE(listener->address().port(), 0);
  EXPECT_TRUE(connect(listener->address()));
}

TEST_F(SimNetworkTest, AStoppedListenerServesWhatWaitsAndRefusesTheRest) {
  const auto listener = listen(server_address);
  const auto waiting = connect(server_address);
  listener->stop();
  EXPECT_EQ(connect(server_address).error().fault, Fault::refused);
  EXPECT_TRUE(accept(*listener));
  EXPECT_EQ(accept(*listener).error().fault, Fault::closed);
}

TEST_F(SimNetworkTest, AStoppedListenerTakesConnectionsAgainUntilItHasEnded) {
  const auto listener = listen(server_address);
  listener->stop();
  EXPECT_TRUE(listener->resume());
  EXPECT_TRUE(connect(server_address));
  EXPECT_TRUE(accept(*listener));
  listener->stop();
  EXPECT_EQ(accept(*listener).error().fault, Fault::closed);
  EXPECT_FALSE(listener->resume());
}

TEST_F(SimNetworkTest, StoppingWakesWhoWaitsForAConnection) {
  const auto listener = listen(server_address);
  MaybeAccepted accepted = std::unexpected(not_yet);
  server_tasks.start(accept_into(*listener, accepted));
  world.run_until_idle();
  listener->stop();
  world.run_until_idle();
  EXPECT_EQ(accepted.error().fault, Fault::closed);
}

TEST_F(SimNetworkTest, AFullQueueIsKnockedAtAgain) {
  const auto listener = server.listen({.address = server_address, .backlog = 1}).value();
  const auto first = connect(server_address);
  EXPECT_EQ(connect(server_address, 3s).error().fault, Fault::timed_out);
  MaybeStream second = std::unexpected(not_yet);
  client_tasks.start(connect_into(client, server_address, world.now() + 10s, second));
  world.run_until_idle();
  EXPECT_TRUE(accept(*listener));
  world.advance(1s);
  EXPECT_TRUE(second);
}

TEST_F(SimNetworkTest, WithoutDescriptorsWhatWaitsStaysWaiting) {
  const auto listener = listen(server_address);
  const auto stream = connect(server_address);
  server.set_streams_max(0);
  EXPECT_EQ(accept(*listener).error().os_errno, EMFILE);
  server.set_streams_max(1);
  const auto accepted = accept(*listener);
  EXPECT_TRUE(accepted);
  EXPECT_EQ(server.open_streams(), 1u);
  client.set_streams_max(1);
  EXPECT_EQ(connect(server_address).error().fault, Fault::resource);
}

/// Reads until the stream ends or breaks, and notes how the bytes were cut.
Task<void> read_pieces(Stream& from, std::vector<std::string>& pieces) {
  std::array<char, 100> buffer;
  for (;;) {
    const auto count = co_await from.read(buffer, never);
    if (!count) co_return pieces.emplace_back(name(count.error().fault)), void();
    if (*count == 0) co_return pieces.emplace_back("end"), void();
    pieces.emplace_back(buffer.data(), *count);
  }
}

Task<void> write_and_end(Stream& to, std::string text) {
  iovec piece{text.data(), text.size()};
  (void)co_await to.write({&piece, 1}, 0ms);
  to.end_writing();
}

Task<void> write_and_reset(std::unique_ptr<Stream>& to, std::string text) {
  iovec piece{text.data(), text.size()};
  (void)co_await to->write({&piece, 1}, 0ms);
  to->reset_on_close();
  to.reset();
}

enum class Leave : std::uint8_t { orderly, with_reset };

const std::string text = "a text that is long enough to be cut into several pieces on its way";

/// How a text of the client's reaches the server.
std::vector<std::string> pieces_under(std::uint64_t seed, const Faults& faults,
                                      Leave leave = Leave::orderly) {
  SimWorld world(seed);
  SimLoop& loop = world.add_loop();
  SimNetwork network(world.wire(), loop);
  world.wire().faults() = faults;
  const auto listener = network.listen({.address = server_address}).value();
  MaybeStream near = std::unexpected(not_yet);
  MaybeAccepted far = std::unexpected(not_yet);
  std::vector<std::string> pieces;
  runtime::Scope tasks(loop);
  const auto all_done = [&] { return tasks.running() == 0; };
  tasks.start(connect_into(network, server_address, never, near));
  world.run_until(all_done, 1h);
  if (!near) return {std::string(name(near.error().fault))};
  tasks.start(accept_into(*listener, far));
  world.run_until(all_done, 1h);
  tasks.start(read_pieces(*far->stream, pieces));
  if (leave == Leave::orderly)
    tasks.start(write_and_end(**near, text));
  else
    tasks.start(write_and_reset(*near, text));
  EXPECT_TRUE(world.run_until(all_done, 1h));
  return pieces;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string all;
  for (const auto& piece : pieces) all += piece;
  return all;
}

TEST(Faults, CutAndDelayButKeepTheBytesAndTheirOrder) {
  EXPECT_EQ(pieces_under(1, {}), (std::vector<std::string>{text, "end"}));
  const Faults slow{.delay_max = 10ms,
                    .segment_max = 9,
                    .buffer_min = 10,
                    .buffer_max = 30,
                    .short_write_one_in = 2};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto pieces = pieces_under(seed, slow);
    EXPECT_EQ(joined(pieces), text + "end");
    EXPECT_GT(pieces.size(), 6u);
    EXPECT_EQ(pieces_under(seed, slow), pieces);  // the same seed, the same cuts
  }
}

TEST(Faults, ResetsHitSomeSegmentsAndLoseWhatFollows) {
  const Faults breaking{.segment_max = 30, .reset_one_in = 5};
  int resets = 0, ends = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    auto pieces = pieces_under(seed, breaking);
    const std::string last = pieces.back();
    pieces.pop_back();
    EXPECT_TRUE(text.starts_with(joined(pieces)));
    last == "end" ? ++ends : ++resets;
    EXPECT_EQ(last == "end", joined(pieces) == text && last != "reset");
  }
  EXPECT_GT(ends, 10);
  EXPECT_GT(resets, 10);
}

TEST(Faults, NothingArrivesBehindAReset) {
  const Faults breaking{.delay_max = 10ms, .segment_max = 9, .reset_one_in = 5};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto pieces = pieces_under(seed, breaking, Leave::with_reset);
    EXPECT_NE(pieces.back(), "end");
    pieces.pop_back();
    EXPECT_TRUE(text.starts_with(joined(pieces)));
  }
}

TEST(Faults, RefuseSomeConnects) {
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    refused += pieces_under(seed, {.refuse_one_in = 3}).front() == "refused";
  EXPECT_GT(refused, 20);
  EXPECT_LT(refused, 50);
}

TEST_F(SimNetworkTest, FaultsOfOneServerLeaveTheOthersAlone) {
  world.wire().faults_of(server_address).refuse_one_in = 1;
  const auto bad = listen(server_address), good = listen(server_address.with_port(81));
  EXPECT_FALSE(connect(bad->address()));
  EXPECT_TRUE(connect(good->address()));
}

TEST_F(SimNetworkTest, AStallHoldsBackWhatFollows) {
  world.wire().faults() = {.stall_one_in = 1, .stall = 90s};
  const auto listener = listen(server_address);
  const Instant before = world.now();
  EXPECT_TRUE(connect(server_address));
  EXPECT_EQ(world.now(), before + 90s);
}

TEST_F(SimNetworkTest, GivingUpAConnectLeavesNothingOpen) {
  world.wire().faults().delay_min = world.wire().faults().delay_max = 10ms;
  const auto listener = listen(server_address);
  MaybeStream made = std::unexpected(not_yet);
  client_tasks.start(connect_into(client, server_address, never, made));
  world.advance(15ms);
  client_tasks.cancel_all();
  EXPECT_EQ(client.open_streams(), 0u);
  world.advance(1s);
  const auto accepted = accept(*listener);
  EXPECT_TRUE(accepted);  // of a client that is gone already
  EXPECT_TRUE(accepted->stream->broken() || !accepted->stream->quiet());
}

TEST_F(SimNetworkTest, AListenerThatDiesResetsWhatWaits) {
  auto listener = listen(server_address);
  const auto stream = connect(server_address);
  listener.reset();
  world.run_until_idle();
  EXPECT_TRUE((*stream)->broken());
}

}  // namespace
}  // namespace minato::sim
