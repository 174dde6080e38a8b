#include "net/unix_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <barrier>
#include <filesystem>
#include <thread>

#include "net/socket.h"

namespace minato::net {
namespace {

class UnixSocketTest : public testing::Test {
 protected:
  UnixSocketTest() {
    std::string name = (std::filesystem::temp_directory_path() / "net.XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~UnixSocketTest() override { std::filesystem::remove_all(folder); }

  /// A socket file that nobody listens behind.
  void leave_stale() {
    const Fd socket = open_socket(Address::Family::unix_path).value();
    sockaddr_storage storage;
    const socklen_t size = path().to_sockaddr(storage);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
  }
  Address path() const { return Address::unix_path(text()).value(); }
  std::string text() const { return folder / "a.sock"; }

  std::filesystem::path folder;
};

TEST_F(UnixSocketTest, OfTwoStartsAtOnceOneHasThePath) {
  for (int round = 0; round < 200; ++round) {
    leave_stale();
    std::barrier both(2);
    std::array<SocketFile, 2> files;
    std::array<Result<Fd>, 2> sockets;
    const auto start = [&](std::size_t i) {
      both.arrive_and_wait();
      sockets[i] = listen_on_path(path(), 10, files[i]);
    };
    std::thread other(start, 1);
    start(0);
    other.join();
    ASSERT_NE(sockets[0].has_value(), sockets[1].has_value()) << "in round " << round;
    ASSERT_TRUE(std::filesystem::exists(text()));
  }
}

TEST_F(UnixSocketTest, AFileOfAStrangerIsNotTrusted) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  leave_stale();
  EXPECT_TRUE(is_trusted_socket(text(), 1)) << "root's";
  ASSERT_EQ(::lchown(text().c_str(), 1, 1), 0);
  EXPECT_TRUE(is_trusted_socket(text(), 1)) << "one's own";
  EXPECT_TRUE(is_trusted_socket(text(), 0)) << "to root";
  EXPECT_FALSE(is_trusted_socket(text(), 2));
  EXPECT_TRUE(is_trusted_socket(folder / "absent", 2));
}

}  // namespace
}  // namespace minato::net
