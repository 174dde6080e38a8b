#include "control/privileges.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <latch>
#include <sstream>
#include <thread>

#include "base/fd.h"
#include "net/ports.h"
#include "net/socket.h"

namespace minato::control {
namespace {

/// What `tell` says in a process of its own, which may change what it is.
std::string in_child(const std::function<std::string()>& tell) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string told = tell();
    ::_exit(::write(writer.get(), told.data(), told.size()) < 0);
  }
  writer.close();
  std::string told;
  char piece[1000];
  for (ssize_t n; (n = ::read(reader.get(), piece, sizeof piece)) > 0;)
    told.append(piece, static_cast<std::size_t>(n));
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  return told;
}

/// A line of this thread's status, without its name and with single spaces.
std::string status(const std::string& name) {
  std::ifstream file("/proc/thread-self/status");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name + ":")) continue;
    std::istringstream words(line.substr(name.size() + 1));
    std::string found, word;
    while (words >> word) found += (found.empty() ? "" : " ") + word;
    return found;
  }
  return "?";
}

bool can_bind(std::uint16_t port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address{
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::uint16_t free_low_port() {
  std::uint16_t port = 81;
  while (port < 1023 && !can_bind(port)) ++port;
  return port;
}

std::string ids(unsigned id) {
  const std::string once = std::to_string(id);
  return once + " " + once + " " + once + " " + once;
}

class BecomeUser : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    nobody = *::getpwnam("nobody");
  }
  passwd nobody{};
};

constexpr const char* no_capability = "0000000000000000";
constexpr const char* low_ports = "0000000000000400";  // CAP_NET_BIND_SERVICE

TEST_F(BecomeUser, LeavesEveryIdOfRootAndItsGroups) {
  EXPECT_EQ(in_child([] {
              if (!become_user("nobody")) return std::string("failed");
              return status("Uid") + "|" + status("Gid") + "|" + status("Groups");
            }),
            ids(nobody.pw_uid) + "|" + ids(nobody.pw_gid) + "|" + std::to_string(nobody.pw_gid));
}

TEST_F(BecomeUser, KeepsTheRightToBindLowPortsAndNoOther) {
  const std::uint16_t port = free_low_port();
  ASSERT_TRUE(can_bind(port)) << "every low port is taken";
  EXPECT_EQ(in_child([&] {
              if (!become_user("nobody")) return std::string("failed");
              const bool secret = std::ifstream("/etc/shadow").good();
              return status("CapPrm") + status("CapEff") + status("CapInh") + status("CapAmb") +
                     (can_bind(port) ? " binds" : "") + (secret ? " reads" : "") +
                     (::setuid(0) == 0 ? " is root again" : "");
            }),
            std::string(low_ports) + low_ports + no_capability + no_capability + " binds");
}

TEST_F(BecomeUser, NothingItStartsGetsMore) {
  EXPECT_EQ(in_child([] {
              if (!become_user("nobody")) return std::string("failed");
              return status("NoNewPrivs");
            }),
            "1");
}

TEST_F(BecomeUser, AThreadMadeLaterIsTheSame) {
  EXPECT_EQ(in_child([] {
              if (!become_user("nobody")) return std::string("failed");
              std::string seen;
              std::thread([&] { seen = status("Uid") + "|" + status("CapEff"); }).join();
              return seen;
            }),
            ids(nobody.pw_uid) + "|" + low_ports);
}

TEST_F(BecomeUser, AThreadThatIsThereAlreadyHasNoRightLeft) {
  EXPECT_EQ(in_child([] {
              std::latch dropped(1);
              std::string seen;
              std::thread there([&] {
                dropped.wait();
                seen = status("Uid") + "|" + status("CapPrm");
              });
              const bool became = become_user("nobody").has_value();
              dropped.count_down();
              there.join();
              return became ? seen : "failed";
            }),
            ids(nobody.pw_uid) + "|" + no_capability);
}

TEST_F(BecomeUser, APortOfItsOwnIsStillKnownAsItsOwn) {
  EXPECT_EQ(in_child([] {
              const auto any = net::Address::parse("127.0.0.1", 0).value();
              const auto port = net::bind_socket(any, net::SharePort::yes).value();
              ::listen(port.get(), 1);
              if (!become_user("nobody")) return "failed";
              return net::claim_port(net::local_address(port.get())) ? "ours" : "another's";
            }),
            "ours");
}

TEST_F(BecomeUser, StaysWhatItIsWhereThatIsWanted) {
  EXPECT_EQ(in_child([] { return become_user("root") ? status("Uid") : "failed"; }), ids(0));
  EXPECT_EQ(in_child([] {
              const bool twice = become_user("nobody") && become_user("nobody");
              return std::string(twice ? "done" : "failed");
            }),
            "done");
}

TEST_F(BecomeUser, WhoIsNotRootBecomesNobodyElse) {
  EXPECT_EQ(in_child([] {
              if (!become_user("nobody")) return std::string("failed");
              const auto again = become_user("daemon");
              return std::string(again ? "became" : name(again.error().fault));
            }),
            "denied");
}

TEST(BecomeUserOfNoName, IsToldThatThereIsNone) {
  const auto became = become_user("no-such-user-anywhere");
  ASSERT_FALSE(became);
  EXPECT_EQ(became.error().fault, Fault::not_found);
}

}  // namespace
}  // namespace minato::control
