// Load that is cheaper than what it loads: on each connection a request follows the answer to the
// one before, of whose body nothing is copied. So the server has always something to do, and what
// its request costs is not the cost of waiting for the next one.
//
// usage: bench_closedloop PORT CONNECTIONS SECONDS
// Prints how many requests were answered.
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "client.h"
#include "socket.h"

namespace minato::bench {
namespace {

struct Connection {
  int fd = -1;
  std::string head;      ///< of the answer, and what came with it
  std::size_t left = 0;  ///< of its body, once its head is there
};

class Load {
 public:
  Load(const char* port, std::size_t connections)
      : request_(get_request(port)),
        epoll_(checked(epoll_create1(0), "epoll_create1")),
        connections_(connections) {
    for (Connection& each : connections_) {
      each.fd = connect_to(port);
      watch(epoll_, each.fd, &each);
      send_request(each);
    }
  }

  /// The number of answers within that time.
  std::uint64_t run(Nanos time) {
    std::array<epoll_event, 256> events;
    for (const Nanos end = now() + time; now() < end;) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < ready; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if ((event.events & EPOLLIN) != 0) receive(*static_cast<Connection*>(event.data.ptr));
      }
    }
    return answered_;
  }

 private:
  void send_request(const Connection& to) {
    const auto size = static_cast<ssize_t>(request_.size());
    if (send(to.fd, request_.data(), request_.size(), MSG_NOSIGNAL) != size) die("send");
  }

  /// All that is there.
  void receive(Connection& from) {
    while (from.left > 0 ? pass_over_body(from) : read_head(from)) {
    }
  }

  /// False where there is no more, or the answer is whole.
  bool read_head(Connection& from) {
    std::array<char, 4096> buffer;
    const std::size_t got = received(from, buffer.data(), buffer.size(), 0);
    if (got == 0) return false;
    from.head.append(buffer.data(), got);
    const std::size_t whole = response_size(from.head);
    if (whole == 0) return true;
    if (from.head.size() > whole) die("more than one answer");
    from.left = whole - from.head.size();
    return from.left > 0 || finish(from);
  }

  /// MSG_TRUNC: the kernel drops the bytes, and copies none.
  bool pass_over_body(Connection& from) {
    const std::size_t got = received(from, nullptr, from.left, MSG_TRUNC);
    from.left -= got;
    return got > 0 && (from.left > 0 || finish(from));
  }

  static std::size_t received(const Connection& from, char* to, std::size_t size, int flags) {
    const ssize_t got = recv(from.fd, to, size, flags | MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got <= 0) die("a connection that the server ended");
    return static_cast<std::size_t>(got);
  }

  bool finish(Connection& from) {
    ++answered_;
    from.head.clear();
    send_request(from);
    return false;
  }

  std::string request_;
  int epoll_;
  std::vector<Connection> connections_;
  std::uint64_t answered_ = 0;
};

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  using namespace minato::bench;
  Load load(argv[1], std::strtoul(argv[2], nullptr, 10));
  std::printf("%lu\n", load.run(std::strtoul(argv[3], nullptr, 10) * second));
}
