#include "net/ports.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "net/host.h"
#include "net/socket.h"

namespace minato::net {
namespace {

Address ip(std::string_view literal, std::uint16_t port = 0) {
  return Address::parse(literal, port).value();
}

Fd listen_at(const Address& address, SharePort share) {
  Fd socket = bind_socket(address, share).value();
  EXPECT_EQ(::listen(socket.get(), 1), 0);
  return socket;
}

/// Another program that listens at a port of its own choice until this dies.
class OtherProgram {
 public:
  OtherProgram(const Address& wanted, SharePort share) {
    const Fd socket = listen_at(wanted, share);
    address = local_address(socket.get());
    pid = ::fork();
    if (pid == 0) {
      ::pause();
      ::_exit(0);
    }
  }
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;
  ~OtherProgram() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }

  Address address;
  pid_t pid;
};

TEST(ClaimPort, FailsWhereAnotherProgramListensSharingOrNot) {
  for (const SharePort share : {SharePort::no, SharePort::yes}) {
    const OtherProgram other(ip("127.0.0.1"), share);
    const auto claim = claim_port(other.address);
    ASSERT_FALSE(claim);
    EXPECT_EQ(claim.error().fault, Fault::denied);
    EXPECT_EQ(claim.error().os_errno, EADDRINUSE);
  }
}

TEST(ClaimPort, TheWildcardsHoldWhateverAnotherProgramHolds) {
  const OtherProgram other(ip("127.0.0.1"), SharePort::yes);
  EXPECT_FALSE(claim_port(ip("0.0.0.0", other.address.port())));
  EXPECT_FALSE(claim_port(ip("::", other.address.port())));
  EXPECT_TRUE(claim_port(ip("127.0.0.2", other.address.port())));
}

TEST(ClaimPort, WhatThisProcessListensOnIsNoObstacle) {
  const Fd ours = listen_at(ip("::"), SharePort::yes);
  const std::uint16_t port = local_address(ours.get()).port();
  EXPECT_TRUE(claim_port(ip("::", port)));
  EXPECT_TRUE(claim_port(ip("127.0.0.1", port)));
}

TEST(ClaimPort, WhatThisProcessSharesWithAnotherIsAnothersToo) {
  const OtherProgram other(ip("127.0.0.1"), SharePort::yes);
  const Fd ours = listen_at(other.address, SharePort::yes);
  EXPECT_FALSE(claim_port(other.address));
}

TEST(ClaimPort, LeavesTheFreePortFree) {
  const Address free = local_address(bind_socket(ip("127.0.0.1"), SharePort::no)->get());
  EXPECT_TRUE(claim_port(free));
  listen_at(free, SharePort::yes);
}

TEST(HolderOf, NamesTheProgramThatListens) {
  const OtherProgram other(ip("127.0.0.1"), SharePort::no);
  const auto holder = holder_of(other.address);
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->pid, other.pid);
  EXPECT_EQ(holder->name, "net_test");
  EXPECT_EQ(holder_of(ip("::", other.address.port())), holder);
}

TEST(HolderOf, KnowsOfNobodyAtAFreePortNorOfThisProcess) {
  const Fd ours = listen_at(ip("127.0.0.1"), SharePort::no);
  EXPECT_FALSE(holder_of(local_address(ours.get())));
}

TEST(ParseSocketRow, ReadsWhatListens) {
  EXPECT_EQ(parse_socket_row("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 "
                             "00000000  1000        0 40312 1 0000000000000000 100 0 0 10 0"),
            (ListeningSocket{ip("127.0.0.1", 8080), 40312}));
  EXPECT_EQ(
      parse_socket_row("   1: 00000000000000000000000001000000:0050 "
                       "00000000000000000000000000000000:0000 0A 00000000:00000000 "
                       "00:00000000 00000000     0        0 7 1 0000000000000000 100 0 0 1 0"),
      (ListeningSocket{ip("::1", 80), 7}));
}

TEST(ParseSocketRow, PassesOverEverythingElse) {
  for (const char* row :
       {"", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
        "   0: 0100007F:1F90 0200007F:0001 01 00000000:00000000 00:00000000 00000000 0 0 40312 1",
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0",
        "   0: 0100007:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 40312 1"})
    EXPECT_FALSE(parse_socket_row(row)) << row;
}

}  // namespace
}  // namespace minato::net
