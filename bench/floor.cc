// A relay that parses nothing: what the kernel alone takes for a proxied exchange, the floor that
// no proxy on epoll gets under. One upstream connection for each client's.
//
// usage: bench_floor LISTEN_PORT UPSTREAM_PORT
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "socket.h"

namespace minato::bench {
namespace {

constexpr std::size_t read_bytes = 16384;

/// One end of a pair. What it reads is written to `other`, what that cannot take waits in `unsent`.
struct End {
  int fd = -1;
  End* other = nullptr;
  std::string unsent;  ///< for this end
  bool over = false;
};

/// Writes what waits for `end`; true when nothing waits any more.
bool flush(End& end) {
  while (!end.unsent.empty()) {
    const ssize_t sent = send(end.fd, end.unsent.data(), end.unsent.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      end.over = errno != EAGAIN;
      return false;
    }
    end.unsent.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

void write_to(End& end, const char* bytes, std::size_t size) {
  const ssize_t sent = send(end.fd, bytes, size, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) {
    end.over = true;
  } else if (sent < static_cast<ssize_t>(size)) {
    const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    end.unsent.append(bytes + taken, size - taken);
  }
}

/// Relays what `from` has, as long as the other end takes it. A short read means there is no more.
void relay(End& from) {
  std::array<char, read_bytes> buffer;
  while (from.other->unsent.empty() && !from.over && !from.other->over) {
    const ssize_t got = recv(from.fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      from.over = got == 0 || errno != EAGAIN;
      return;
    }
    write_to(*from.other, buffer.data(), static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < buffer.size()) return;
  }
}

class Relay {
 public:
  Relay(const char* listen_port, const char* upstream_port)
      : epoll_(checked(epoll_create1(0), "epoll_create1")),
        listener_(listen_on(listen_port)),
        upstream_port_(upstream_port) {
    watch(epoll_, listener_, nullptr);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) serve(events[static_cast<std::size_t>(i)]);
      for (End* end : std::exchange(finished_, {})) destroy(end);
    }
  }

 private:
  void serve(const epoll_event& event) {
    if (event.data.ptr == nullptr) return accept_all();
    End& end = *static_cast<End*>(event.data.ptr);
    if (end.over || end.other->over) return;  // finished earlier in this batch
    if ((event.events & EPOLLOUT) != 0 && !end.unsent.empty() && flush(end)) relay(*end.other);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) relay(end);
    if ((event.events & EPOLLRDHUP) != 0) end.over = true;
    if (end.over || end.other->over) finished_.push_back(&end);
  }

  void accept_all() {
    for (int fd; (fd = accept_from(listener_)) >= 0;) {
      auto* downstream = new End{.fd = fd};
      auto* upstream = new End{.fd = connect_to(upstream_port_), .other = downstream};
      downstream->other = upstream;
      watch(epoll_, upstream->fd, upstream);
      watch(epoll_, downstream->fd, downstream);
    }
  }

  static void destroy(End* end) {
    for (End* each : {end->other, end}) {
      close(each->fd);
      delete each;
    }
  }

  int epoll_;
  int listener_;
  const char* upstream_port_;
  std::vector<End*> finished_;
};

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  minato::bench::Relay(argv[1], argv[2]).run();
}
