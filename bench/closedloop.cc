// Load that is cheaper than what it loads: on each connection a request follows the answer to the
// one before, of whose body nothing is copied where its length is known. So the server has always
// something to do, and what its request costs is not the cost of waiting for the next one.
//
// usage: bench_closedloop PORT CONNECTIONS [POST_BYTES [closing]]
// Sends GET, or POST with so many bytes; `closing`: each request has a connection of its own. Says
// "ready" once every connection has been answered, goes on from there, and tells for whatever it
// reads how many requests were answered so far: who asks twice knows what was done between. It ends
// when its input does, and all is answered.
// A body in chunks must be of one letter that is not a digit, and no field may follow it.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "client.h"
#include "socket.h"

namespace minato::bench {
namespace {

struct Connection {
  int fd = -1;
  std::size_t sent = 0;  ///< of the request
  std::size_t got = 0;   ///< of the answer
  std::string head;      ///< of the answer; the last few bytes of a body in chunks
  std::size_t left = 0;  ///< of a body whose length is known
  bool chunked = false;
};

class Load {
 public:
  Load(const char* port, std::size_t connections, std::size_t body_bytes, bool closing)
      : port_(port),
        closing_(closing),
        request_(request(port, body_bytes, closing)),
        epoll_(checked(epoll_create1(0), "epoll_create1")),
        connections_(connections) {
    epoll_event event{};
    event.events = EPOLLIN;  // its owner is nobody
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event), "epoll_ctl");
    for (Connection& each : connections_) connect(each);
  }

  /// Until nobody can ask any more and all is answered: who is left with half an exchange would be
  /// busy with that while another is measured.
  void run() {
    std::array<epoll_event, 256> events;
    while (busy_ > 0) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) {
          tell();
        } else {
          go_on(*static_cast<Connection*>(event.data.ptr), event.events);
        }
      }
    }
  }

 private:
  void tell() {
    std::array<char, 64> question;
    if (read(STDIN_FILENO, question.data(), question.size()) > 0) {
      std::printf("%.3f\n", done());
      std::fflush(stdout);
    } else {
      ending_ = true;
      if (answered_ < connections_.size()) busy_ = 0;
      checked(epoll_ctl(epoll_, EPOLL_CTL_DEL, STDIN_FILENO, nullptr), "epoll_ctl");
    }
  }

  /// A part of each that is under way: of large bodies all are, whenever somebody asks.
  double done() const {
    double all = static_cast<double>(answered_);
    for (const Connection& each : connections_) {
      const double moved = static_cast<double>(each.sent + each.got);
      all += std::min(1.0, moved / static_cast<double>(exchange_bytes_));
    }
    return all;
  }

  /// Whoever has a request of his own on each is spared what he can do without.
  void connect(Connection& each) {
    each.fd = closing_ ? begin_to_connect(port_) : connect_to(port_);
    send_rest(each);
    const bool is_sent = closing_ && each.sent == request_.size();
    watch(epoll_, each.fd, &each, is_sent ? EPOLLIN | EPOLLET : any_news);
  }

  void go_on(Connection& with, std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) send_rest(with);
    if ((events & EPOLLIN) != 0) receive(with);
  }

  /// As much as the kernel takes; EPOLLOUT tells when it takes more.
  void send_rest(Connection& to) const {
    while (to.sent < request_.size()) {
      const ssize_t sent =
          send(to.fd, request_.data() + to.sent, request_.size() - to.sent, MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return;
      to.sent += static_cast<std::size_t>(checked(static_cast<int>(sent), "send"));
    }
  }

  /// All that is there.
  void receive(Connection& from) {
    while (from.chunked    ? read_chunks(from)
           : from.left > 0 ? pass_over_body(from)
                           : read_head(from)) {
    }
  }

  /// False where there is no more, or the answer is whole; so are those that follow.
  bool read_head(Connection& from) {
    std::array<char, 4096> buffer;
    const std::size_t got = received(from, buffer.data(), buffer.size(), 0);
    if (got == 0) return false;
    from.head.append(buffer.data(), got);
    const std::size_t size = head_size(from.head);
    return size == 0 || begin_body(from, size);
  }

  bool begin_body(Connection& from, std::size_t head_bytes) {
    const std::string_view head = std::string_view(from.head).substr(0, head_bytes);
    from.chunked = !field(head, "\r\ntransfer-encoding:").empty();
    if (from.chunked) return !ends(from) || finish(from);
    const std::size_t whole = head_bytes + content_length(head);
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

  bool read_chunks(Connection& from) {
    static std::array<char, 262144> buffer;
    const std::size_t got = received(from, buffer.data(), buffer.size(), 0);
    const std::size_t kept = std::min(got, last_chunk.size());
    from.head.append(buffer.data() + got - kept, kept);
    return got > 0 && (!ends(from) || finish(from));
  }

  static constexpr std::string_view last_chunk = "\r\n0\r\n\r\n";

  /// Forgets what cannot be of the last chunk.
  static bool ends(Connection& from) {
    const std::size_t kept = std::min(from.head.size(), last_chunk.size());
    from.head.erase(0, from.head.size() - kept);
    return from.head == last_chunk;
  }

  static std::size_t received(Connection& from, char* to, std::size_t size, int flags) {
    const ssize_t got = recv(from.fd, to, size, flags);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got <= 0) die("a connection that the server ended");
    from.got += static_cast<std::size_t>(got);
    return static_cast<std::size_t>(got);
  }

  bool finish(Connection& with) {
    ++answered_;
    exchange_bytes_ = with.sent + with.got;
    if (with.sent < request_.size()) die("an answer to half a request");
    with.chunked = false;
    with.got = 0;
    with.head.clear();
    if (closing_) close(with.fd);  // the server does too, and may be first while this one waits
    if (ending_) {
      --busy_;
    } else if (answered_ > connections_.size()) {
      begin_next(with);
    } else if (answered_ == connections_.size()) {
      begin();
    }
    return false;
  }

  /// Not before all were answered: who accepts one at a time would else serve a few meanwhile.
  void begin() {
    std::puts("ready");
    std::fflush(stdout);
    for (Connection& each : connections_) begin_next(each);
  }

  /// Until then nothing is left to be sent, whatever EPOLLOUT says.
  void begin_next(Connection& with) {
    with.sent = 0;
    closing_ ? connect(with) : send_rest(with);
  }

  const char* port_;
  bool closing_;
  std::string request_;
  int epoll_;
  std::vector<Connection> connections_;
  std::size_t busy_ = connections_.size();  ///< connections with something under way
  bool ending_ = false;
  std::uint64_t answered_ = 0;
  std::size_t exchange_bytes_ = 1;  ///< of the last that was whole, both ways
};

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) return 2;
  const std::size_t body_bytes = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 0;
  minato::bench::Load(argv[1], std::strtoul(argv[2], nullptr, 10), body_bytes, argc > 4).run();
}
