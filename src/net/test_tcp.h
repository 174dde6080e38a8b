// A connection of the kernel's TCP, for tests.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <utility>

#include "base/fd.h"

namespace minato::net {

/// Who connected, and who accepted; neither blocks.
inline std::pair<Fd, Fd> connected_tcp() {
  ::signal(SIGPIPE, SIG_IGN);  // as programs do
  const Fd listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener.get(), any, size) | ::listen(listener.get(), 1), 0);
  EXPECT_EQ(::getsockname(listener.get(), any, &size), 0);
  Fd client(::socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_EQ(::connect(client.get(), any, size), 0);
  Fd server(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK));
  EXPECT_EQ(::fcntl(client.get(), F_SETFL, O_NONBLOCK), 0);
  return {std::move(client), std::move(server)};
}

}  // namespace minato::net
