#include "net/socket_network.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <vector>

#include "net/fd_stream.h"
#include "net/host.h"
#include "net/socket.h"
#include "net/test_loop.h"

namespace minato::net {
namespace {

Address ip(std::string_view literal, std::uint16_t port) {
  return Address::parse(literal, port).value();
}

int option_of(const Stream& stream, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(dynamic_cast<const FdStream&>(stream).fd(), level, name, &value, &size);
  return value;
}

class SocketNetworkTest : public LoopTest {
 protected:
  ~SocketNetworkTest() override {
    tasks.cancel_all();
    std::filesystem::remove_all(folder);
  }

  std::unique_ptr<Listener> listen(const Address& address, bool shared = false) {
    return network.listen({.address = address, .shared = shared}).value();
  }
  Error refusal(const Address& address, bool shared = false) {
    return network.listen({.address = address, .shared = shared}).error();
  }
  Address path(const std::string& name) { return Address::unix_path(folder + "/" + name).value(); }

  SocketNetwork network{*loop};
  std::string folder = [] {
    std::string name = testing::TempDir() + "minato-net-XXXXXX";
    return std::string(::mkdtemp(name.data()));
  }();
};

struct Outcome {
  Result<std::unique_ptr<Stream>> stream = nullptr;
  std::vector<Accepted> accepted;
  std::vector<Error> refused;
};

Task<void> connect(Network& network, Address to, Instant until, Outcome& outcome) {
  outcome.stream = co_await network.connect(to, until);
}

/// Accepts `count` times, or until an error.
Task<void> accept(Listener& listener, int count, Outcome& outcome) {
  for (; count > 0; --count) {
    auto next = co_await listener.accept();
    if (!next) {
      outcome.refused.push_back(next.error());
      co_return;
    }
    outcome.accepted.push_back(std::move(*next));
  }
}

Task<void> send(Stream& to, std::string text) {
  std::array<iovec, 1> piece{{{text.data(), text.size()}}};
  EXPECT_TRUE(co_await to.write(piece, 1s));
}

Task<void> expect_bytes(Stream& from, std::string text) {
  std::array<char, 100> buffer;
  const auto got = co_await from.read(buffer, never);
  EXPECT_TRUE(got.has_value());
  EXPECT_EQ(std::string_view(buffer.data(), got.value_or(0)), text);
}

TEST_F(SocketNetworkTest, CarriesBytesBothWaysOverEveryKindOfSocket) {
  std::vector<Address> kinds{ip("127.0.0.1", 0), path("a.sock")};
  if (has_ipv6()) kinds.push_back(ip("::1", 0));
  for (const Address& kind : kinds) {
    const auto listener = listen(kind);
    Outcome outcome;
    start(accept(*listener, 1, outcome));
    run(connect(network, listener->address(), loop->now() + 5s, outcome));
    ASSERT_TRUE(outcome.stream) << kind.text();
    Stream& client = **outcome.stream;
    Stream& server = *outcome.accepted.at(0).stream;
    EXPECT_EQ(client.side(), Side::upstream);
    EXPECT_EQ(server.side(), Side::downstream);
    EXPECT_EQ(outcome.accepted[0].peer.family(), kind.family());
    start(expect_bytes(server, "to the server"));
    start(expect_bytes(client, "to the client"));
    start(send(client, "to the server"));
    run(send(server, "to the client"));
  }
}

TEST_F(SocketNetworkTest, FindsTheBytesThatCameBeforeItAccepted) {
  const auto listener = listen(ip("127.0.0.1", 0));
  Outcome outcome;
  run(connect(network, listener->address(), never, outcome));
  run(send(**outcome.stream, "early"));
  run(accept(*listener, 1, outcome));
  run(expect_bytes(*outcome.accepted.at(0).stream, "early"));
}

TEST_F(SocketNetworkTest, AnIpv6WildcardTakesIpv4AndWritesItAsIpv4) {
  if (!has_ipv6()) GTEST_SKIP() << "this host has no IPv6";
  const auto listener = listen(ip("::", 0));
  const std::uint16_t port = listener->address().port();
  for (const char* host : {"127.0.0.1", "::1"}) {
    Outcome outcome;
    start(accept(*listener, 1, outcome));
    run(connect(network, ip(host, port), never, outcome));
    EXPECT_EQ(outcome.accepted.at(0).peer.host_text(), host);
  }
}

/// From here on this process is on a host without IPv6.
bool forbid_ipv6() {
  std::array<sock_filter, 6> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST_F(SocketNetworkTest, AnIpv6WildcardIsTheIpv4OneWhereTheHostHasNoIpv6) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!forbid_ipv6()) ::_exit(3);
    const auto listener = network.listen({.address = ip("::", 0)});
    ::_exit(has_ipv6() || !listener || (*listener)->address().host_text() != "0.0.0.0");
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 3) GTEST_SKIP() << "this host has no seccomp filters";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(SocketNetworkTest, SmallPiecesGoAtOnceAndSilentPeersAreNoticed) {
  const auto listener = listen(ip("127.0.0.1", 0));
  Outcome outcome;
  start(accept(*listener, 1, outcome));
  run(connect(network, listener->address(), never, outcome));
  for (const Stream* stream : {outcome.stream->get(), outcome.accepted.at(0).stream.get()}) {
    EXPECT_EQ(option_of(*stream, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(option_of(*stream, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option_of(*stream, IPPROTO_TCP, TCP_KEEPIDLE), 60);
  }
}

TEST_F(SocketNetworkTest, AConnectSaysWhyItFailed) {
  const std::uint16_t free_port = listen(ip("127.0.0.1", 0))->address().port();
  {
    const std::ofstream file(folder + "/no-socket");
  }
  struct Row {
    Address to;
    Fault fault;
    int os_errno;
  };
  for (const Row& row : {Row{ip("127.0.0.1", free_port), Fault::refused, ECONNREFUSED},
                         Row{path("absent"), Fault::not_found, ENOENT},
                         Row{path("no-socket"), Fault::refused, ECONNREFUSED}}) {
    Outcome outcome;
    run(connect(network, row.to, never, outcome));
    ASSERT_FALSE(outcome.stream) << row.to.text();
    EXPECT_EQ(outcome.stream.error().fault, row.fault) << row.to.text();
    EXPECT_EQ(outcome.stream.error().os_errno, row.os_errno) << row.to.text();
    EXPECT_EQ(outcome.stream.error().side, Side::upstream);
  }
}

TEST_F(SocketNetworkTest, AConnectEndsAtItsDeadline) {
  const auto full = network.listen({.address = ip("127.0.0.1", 0), .backlog = 0}).value();
  Outcome first, second;
  run(connect(network, full->address(), never, first));
  run(connect(network, full->address(), loop->now() + 20ms, second));
  ASSERT_FALSE(second.stream);
  EXPECT_EQ(second.stream.error().fault, Fault::timed_out);
  EXPECT_EQ(second.stream.error().side, Side::upstream);
}

TEST_F(SocketNetworkTest, ADroppedConnectLeavesNothingBehind) {
  const auto full = network.listen({.address = ip("127.0.0.1", 0), .backlog = 0}).value();
  Outcome first, second;
  run(connect(network, full->address(), never, first));
  start(connect(network, full->address(), loop->now() + 1h, second));
  EXPECT_EQ(tasks.running(), 1u);
  tasks.cancel_all();
  EXPECT_EQ(loop->timers().armed_count(), 0u);
}

TEST_F(SocketNetworkTest, KnowsAConnectionToItself) {
  const auto socket = bind_socket(ip("127.0.0.1", 0), SharePort::no).value();
  const Address itself = local_address(socket.get());
  sockaddr_storage storage;
  const socklen_t size = itself.to_sockaddr(storage);
  (void)::connect(socket.get(), reinterpret_cast<const sockaddr*>(&storage), size);
  EXPECT_TRUE(is_connected_to_itself(socket.get(), itself));
  EXPECT_FALSE(is_connected_to_itself(socket.get(), itself.with_port(1)));
}

TEST_F(SocketNetworkTest, APortIsSharedOnlyAmongThoseWhoShareIt) {
  const auto shared = listen(ip("127.0.0.1", 0), true);
  const auto sibling = listen(shared->address(), true);
  EXPECT_EQ(sibling->address(), shared->address());
  EXPECT_EQ(refusal(shared->address()).os_errno, EADDRINUSE);
  EXPECT_EQ(refusal(shared->address()).fault, Fault::denied);
  const auto alone = listen(ip("127.0.0.1", 0));
  EXPECT_EQ(refusal(alone->address(), true).os_errno, EADDRINUSE);
}

TEST_F(SocketNetworkTest, AStoppedPortGivesWhatWaitsAndTakesNothingNew) {
  const auto listener = listen(ip("127.0.0.1", 0));
  Outcome before, after;
  run(connect(network, listener->address(), never, before));
  listener->stop();
  start(accept(*listener, 2, before));
  run(connect(network, listener->address(), loop->now() + 10ms, after));
  EXPECT_FALSE(after.stream);
  ASSERT_EQ(before.accepted.size(), 1u);
  ASSERT_EQ(before.refused.size(), 1u);
  EXPECT_EQ(before.refused[0].fault, Fault::closed);
  run(connect(network, listener->address(), never, after));
  EXPECT_EQ(after.stream.error().fault, Fault::refused);
  run(accept(*listener, 1, after));
  EXPECT_EQ(after.refused.size(), 1u);
}

TEST_F(SocketNetworkTest, AStoppedPortTakesConnectionsAgainUntilItHasEnded) {
  const auto listener = listen(ip("127.0.0.1", 0));
  Outcome outcome;
  listener->stop();
  EXPECT_TRUE(listener->resume());
  run(connect(network, listener->address(), never, outcome));
  EXPECT_TRUE(outcome.stream);
  run(accept(*listener, 1, outcome));
  EXPECT_EQ(outcome.accepted.size(), 1u);
  listener->stop();
  run(accept(*listener, 1, outcome));
  EXPECT_EQ(outcome.refused.size(), 1u);
  EXPECT_FALSE(listener->resume());
}

TEST_F(SocketNetworkTest, AStoppedPathGivesWhatWaitsAndIsGone) {
  const auto listener = listen(path("a.sock"));
  Outcome before, after;
  run(connect(network, listener->address(), never, before));
  listener->stop();
  run(connect(network, path("a.sock"), never, after));
  EXPECT_EQ(after.stream.error().fault, Fault::not_found);
  run(accept(*listener, 2, before));
  EXPECT_EQ(before.accepted.size(), 1u);
  EXPECT_EQ(before.refused.size(), 1u);
}

TEST_F(SocketNetworkTest, OutOfDescriptorsNothingIsLostAndTheNextTryGetsIt) {
  const auto listener = listen(ip("127.0.0.1", 0)), idle = listen(ip("127.0.0.1", 0));
  Outcome outcome;
  run(connect(network, listener->address(), never, outcome));
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const Fd next_free(::dup(0));
  const rlimit none{.rlim_cur = static_cast<rlim_t>(next_free.get()), .rlim_max = limit.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  run(accept(*listener, 1, outcome));
  EXPECT_FALSE(idle->accept_now());  // nobody waits for a descriptor there
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ASSERT_EQ(outcome.refused.size(), 1u);
  EXPECT_EQ(outcome.refused[0].fault, Fault::resource);
  EXPECT_EQ(outcome.refused[0].os_errno, EMFILE);
  run(accept(*listener, 1, outcome));
  EXPECT_EQ(outcome.accepted.size(), 1u);
}

TEST_F(SocketNetworkTest, AnAcceptThatIsDroppedLeavesTheListenerWhole) {
  const auto listener = listen(ip("127.0.0.1", 0));
  Outcome dropped, outcome;
  start(accept(*listener, 1, dropped));
  tasks.cancel_all();
  start(accept(*listener, 1, outcome));
  run(connect(network, listener->address(), never, outcome));
  EXPECT_EQ(outcome.accepted.size(), 1u);
}

TEST_F(SocketNetworkTest, APathIsItsOwnersAlone) {
  const mode_t before = ::umask(0);
  const auto listener = listen(path("a.sock"));
  ::umask(before);
  struct stat file;
  ASSERT_EQ(::stat((folder + "/a.sock").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777u, 0600u);
}

TEST_F(SocketNetworkTest, AStaleSocketIsReplacedALiveOneIsLeft) {
  {
    const Fd stale = open_socket(Address::Family::unix_path).value();
    sockaddr_storage storage;
    const socklen_t size = path("a.sock").to_sockaddr(storage);
    ASSERT_EQ(::bind(stale.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
  }
  const auto live = listen(path("a.sock"));
  EXPECT_EQ(refusal(path("a.sock")).os_errno, EADDRINUSE);
  Outcome outcome;
  run(connect(network, path("a.sock"), never, outcome));
  EXPECT_TRUE(outcome.stream);
}

TEST_F(SocketNetworkTest, AFileThatIsNoSocketIsLeft) {
  {
    std::ofstream(folder + "/a.sock") << "precious";
  }
  EXPECT_EQ(refusal(path("a.sock")).os_errno, EADDRINUSE);
  EXPECT_EQ(std::filesystem::file_size(folder + "/a.sock"), 8u);
}

TEST_F(SocketNetworkTest, ASocketsFileGoesWithItUnlessItIsAnothers) {
  listen(path("a.sock")).reset();
  EXPECT_FALSE(std::filesystem::exists(folder + "/a.sock"));
  auto first = listen(path("a.sock"));
  std::filesystem::rename(folder + "/a.sock", folder + "/old.sock");
  const auto second = listen(path("a.sock"));
  first.reset();
  EXPECT_TRUE(std::filesystem::exists(folder + "/a.sock"));
}

TEST(Host, RaisesTheDescriptorLimitToTheHardOne) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit lowered = before;
  lowered.rlim_cur = std::min<rlim_t>(before.rlim_max, 512);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace minato::net
