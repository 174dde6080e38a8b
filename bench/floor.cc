// A relay that parses nothing: what the kernel alone takes for a proxied exchange, the floor that
// no proxy on epoll gets under. One upstream connection for each client's.
//
// usage: bench_floor LISTEN_PORT UPSTREAM_PORT [splice]
// With `splice` the bytes go through pipes, and never into the program.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "socket.h"

namespace minato::bench {
namespace {

constexpr std::size_t read_bytes = 16384;
constexpr int pipe_bytes = 1 << 20;

/// One end of a pair. What it reads is written to `other`, what that cannot take waits in `unsent`,
/// or in `pipe` where there is one.
struct End {
  int fd = -1;
  End* other = nullptr;
  std::string unsent;               ///< for this end
  std::array<int, 2> pipe{-1, -1};  ///< of what this end reads
  std::size_t piped = 0;
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

/// What splice() moved; 0 where that was nothing, be it for now or, then it is over, for good.
std::size_t move(int from, int to, std::size_t most, bool& over) {
  const ssize_t moved = splice(from, nullptr, to, nullptr, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (moved == 0 || (moved < 0 && errno != EAGAIN)) over = true;
  return moved < 0 ? 0 : static_cast<std::size_t>(moved);
}

/// A pipe may be full of few bytes, so that only a read of nothing tells that there is no more.
void relay_by_pipe(End& from) {
  while (!from.over && !from.other->over) {
    if (from.piped == 0) from.piped = move(from.fd, from.pipe[1], pipe_bytes, from.over);
    if (from.piped == 0) return;
    const std::size_t sent = move(from.pipe[0], from.other->fd, from.piped, from.other->over);
    if (sent == 0) return;
    from.piped -= sent;
  }
}

/// Relays what `from` has, as long as the other end takes it. A short read means there is no more.
void relay(End& from) {
  if (from.pipe[0] >= 0) return relay_by_pipe(from);
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
  Relay(const char* listen_port, const char* upstream_port, bool splices)
      : splices_(splices),
        epoll_(checked(epoll_create1(0), "epoll_create1")),
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
    if ((event.events & EPOLLOUT) != 0 && has_to_send(end) && flush(end)) relay(*end.other);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) relay(end);
    if ((event.events & EPOLLRDHUP) != 0) end.over = true;
    if (end.over || end.other->over) finished_.push_back(&end);
  }

  static bool has_to_send(const End& end) { return !end.unsent.empty() || end.other->piped > 0; }

  void accept_all() {
    for (int fd; (fd = accept_from(listener_)) >= 0;) {
      auto* downstream = new End{.fd = fd};
      auto* upstream = new End{.fd = connect_to(upstream_port_), .other = downstream};
      downstream->other = upstream;
      if (splices_) open_pipes(*downstream);
      watch(epoll_, upstream->fd, upstream);
      watch(epoll_, downstream->fd, downstream);
    }
  }

  static void open_pipes(End& end) {
    for (End* each : {end.other, &end}) {
      checked(pipe2(each->pipe.data(), O_NONBLOCK | O_CLOEXEC), "pipe2");
      checked(fcntl(each->pipe[0], F_SETPIPE_SZ, pipe_bytes), "F_SETPIPE_SZ");
    }
  }

  static void destroy(End* end) {
    for (End* each : {end->other, end}) {
      close(each->fd);
      for (const int side : each->pipe)
        if (side >= 0) close(side);
      delete each;
    }
  }

  bool splices_;
  int epoll_;
  int listener_;
  const char* upstream_port_;
  std::vector<End*> finished_;
};

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  const bool splices = argc == 4 && std::string_view(argv[3]) == "splice";
  if (argc != 3 && !splices) return 2;
  minato::bench::Relay(argv[1], argv[2], splices).run();
}
