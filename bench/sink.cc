// An origin for uploads: reads requests with Content-Length to their end and answers each briefly.
//
// usage: bench_sink PORT
// Right only for clients that do not pipeline and whose heads arrive whole.
#include <strings.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "socket.h"

namespace minato::bench {
namespace {

constexpr std::string_view response =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    "Content-Length: 4\r\n\r\ndone";

struct Connection {
  int fd = -1;
  std::size_t missing = 0;  ///< of the body under way
};

/// Bytes that follow the head in `begun`, as far as it states them.
std::size_t missing_after(std::string_view begun) {
  constexpr std::string_view name = "\r\ncontent-length:";
  const std::size_t head = begun.find("\r\n\r\n");
  if (head == begun.npos) die("a head in pieces");
  for (std::size_t at = 0; at < head; ++at) {
    if (strncasecmp(begun.data() + at, name.data(), name.size()) != 0) continue;
    const std::size_t here = begun.size() - head - 4;
    return std::strtoul(begun.data() + at + name.size(), nullptr, 10) - here;
  }
  return 0;
}

bool answer(const Connection& to) {
  return send(to.fd, response.data(), response.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(response.size());
}

/// Reads until there is no more; false once the connection is over.
bool read_all(Connection& from) {
  static std::array<char, 262144> buffer;
  for (;;) {
    const ssize_t got = recv(from.fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    const auto size = static_cast<std::size_t>(got);
    from.missing = from.missing > 0 ? from.missing - size : missing_after({buffer.data(), size});
    if (from.missing == 0 && !answer(from)) return false;
  }
}

void accept_all(int epoll, int listener) {
  for (int fd; (fd = accept_from(listener)) >= 0;) watch(epoll, fd, new Connection{.fd = fd});
}

[[noreturn]] void serve(int listener) {
  const int epoll = checked(epoll_create1(0), "epoll_create1");
  watch(epoll, listener, nullptr);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      auto* connection = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (connection == nullptr) {
        accept_all(epoll, listener);
      } else if (!read_all(*connection)) {
        close(connection->fd);
        delete connection;
      }
    }
  }
}

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  minato::bench::serve(minato::bench::listen_on(argv[1]));
}
