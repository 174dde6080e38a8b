// The few socket calls that the benchmark's own programs make. A failure ends the program: there is
// nothing to measure without them.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace minato::bench {

[[noreturn]] inline void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline int checked(int result, const char* what) {
  if (result < 0) die(what);
  return result;
}

/// 127.0.0.1, or one of those that come after it.
inline sockaddr_in loopback(const char* port, std::uint32_t after = 0) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + after);
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  return address;
}

inline void send_without_delay(int fd) {
  const int on = 1;
  checked(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

inline int listen_on(const char* port, std::uint32_t after = 0) {
  const int fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  checked(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  const sockaddr_in address = loopback(port, after);
  checked(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(listen(fd, SOMAXCONN), "listen");
  return fd;
}

/// A connected socket that does not block; waits for the connection, which on loopback takes no
/// time.
inline int connect_to(const char* port) {
  const int fd = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
  const sockaddr_in address = loopback(port);
  checked(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
  checked(fcntl(fd, F_SETFL, O_NONBLOCK), "F_SETFL");
  send_without_delay(fd);
  return fd;
}

/// A socket that on loopback is connected, too, without the calls that make it so surely and send
/// without delay.
inline int begin_to_connect(const char* port) {
  const int fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  const sockaddr_in address = loopback(port);
  const int made = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (made < 0 && errno != EINPROGRESS) die("connect");
  return fd;
}

/// The next waiting connection, or -1.
inline int accept_from(int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd >= 0) send_without_delay(fd);
  return fd;
}

inline constexpr std::uint32_t any_news = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

/// Registers once, edge-triggered; `owner` comes back with each event.
inline void watch(int epoll, int fd, void* owner, std::uint32_t news = any_news) {
  epoll_event event{};
  event.events = news;
  event.data.ptr = owner;
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

}  // namespace minato::bench
