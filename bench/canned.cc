// Answers everything that it reads with the same bytes: an origin that costs next to nothing, and
// the floor under a cache that answers from memory.
//
// usage: bench_canned PORT BODY_BYTES [FIELD]
// Right only for clients that do not pipeline and whose requests arrive whole, as wrk's do.
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

#include "socket.h"

namespace minato::bench {
namespace {

std::string canned_response(std::size_t body_bytes, const std::string& field) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" +
         (field.empty() ? field : field + "\r\n") +
         "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n" +
         std::string(body_bytes, 'x');
}

/// Answers what has arrived; false once the connection is over.
bool answer(int fd, const std::string& response) {
  std::array<char, 16384> request;
  const ssize_t got = recv(fd, request.data(), request.size(), 0);
  if (got == 0) return false;
  if (got < 0) return errno == EAGAIN;
  return send(fd, response.data(), response.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(response.size());
}

void accept_all(int epoll, int listener) {
  for (int fd; (fd = accept_from(listener)) >= 0;) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }
}

[[noreturn]] void serve(int listener, const std::string& response) {
  const int epoll = checked(epoll_create1(0), "epoll_create1");
  epoll_event first{};
  first.events = EPOLLIN;
  first.data.fd = listener;
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &first), "epoll_ctl");
  std::array<epoll_event, 256> events;
  for (;;) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        accept_all(epoll, listener);
      } else if (!answer(fd, response)) {
        close(fd);
      }
    }
  }
}

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 2;
  using namespace minato::bench;
  serve(listen_on(argv[1]),
        canned_response(std::strtoul(argv[2], nullptr, 10), argc == 4 ? argv[3] : ""));
}
