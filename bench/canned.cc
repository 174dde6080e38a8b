// Answers everything that it reads with the same bytes: an origin that costs next to nothing, and
// the floor under a cache that answers from memory: a bare loop of send(), or of sendmsg() where
// the body is so large that whoever has head and body in two places would not copy it behind the
// head.
//
// usage: bench_canned PORT BODY_BYTES [FIELD [ADDRESSES [CHUNK_BYTES]]]
// It listens on so many addresses of 127.0.0.0/8, from 127.0.0.1 on. With CHUNK_BYTES the body
// goes out in chunks of so many.
// Right only for clients that do not pipeline and whose requests arrive whole, as those of a small
// GET do.
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <sstream>
#include <string>
#include <vector>

#include "socket.h"

namespace minato::bench {
namespace {

struct Connection {
  int fd = -1;
  std::size_t sent = 0;  ///< of the response under way; all of it while there is none
};

/// Now, once for all: an origin of today states it, so that no proxy has to.
std::string date() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 64> text;
  return {text.data(),
          std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&now))};
}

/// What follows the other fields: the framing and the body.
std::string framed(std::size_t body_bytes, std::size_t chunk_bytes) {
  if (chunk_bytes == 0)
    return "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n" +
           std::string(body_bytes, 'x');
  std::ostringstream text;
  text << "Transfer-Encoding: chunked\r\n\r\n" << std::hex;
  for (std::size_t left = body_bytes; left > 0;) {
    const std::size_t size = std::min(left, chunk_bytes);
    text << size << "\r\n" << std::string(size, 'x') << "\r\n";
    left -= size;
  }
  text << "0\r\n\r\n";
  return text.str();
}

std::string canned_response(std::size_t body_bytes, const std::string& field,
                            std::size_t chunk_bytes) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: " + date() + "\r\n" +
         (field.empty() ? field : field + "\r\n") + framed(body_bytes, chunk_bytes);
}

/// Up to here a copy costs less than a second piece.
constexpr std::size_t joined_bytes_max = 1024;

class Canned {
 public:
  explicit Canned(std::string response)
      : response_(std::move(response)),
        head_bytes_(response_.find("\r\n\r\n") + 4),
        in_two_pieces_(response_.size() - head_bytes_ > joined_bytes_max),
        epoll_(checked(epoll_create1(0), "epoll_create1")) {}

  void add_listener(int fd) {
    listeners_.push_back(fd);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = listeners_.size();  // no address is as small
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) serve(events[static_cast<std::size_t>(i)]);
    }
  }

 private:
  void serve(const epoll_event& event) {
    if (event.data.u64 <= listeners_.size()) return accept_all(listeners_[event.data.u64 - 1]);
    auto* connection = static_cast<Connection*>(event.data.ptr);
    if (go_on(*connection, event.events)) return;
    close(connection->fd);
    delete connection;
  }

  void accept_all(int listener) {
    for (int fd; (fd = accept_from(listener)) >= 0;) {
      watch(epoll_, fd, new Connection{.fd = fd, .sent = response_.size()});
    }
  }

  /// What the events ask for; false once the connection is over.
  bool go_on(Connection& to, std::uint32_t events) const {
    if ((events & EPOLLOUT) != 0 && to.sent < response_.size() && !send_rest(to)) return false;
    return (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || answer(to);
  }

  bool answer(Connection& to) const {
    std::array<char, 16384> request;
    const ssize_t got = recv(to.fd, request.data(), request.size(), 0);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN;
    to.sent = 0;
    return send_rest(to);
  }

  /// As much as the kernel takes; EPOLLOUT tells when it takes more.
  bool send_rest(Connection& to) const {
    while (to.sent < response_.size()) {
      const ssize_t sent =
          in_two_pieces_ && to.sent < head_bytes_
              ? send_two(to)
              : send(to.fd, response_.data() + to.sent, response_.size() - to.sent, MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN;
      to.sent += static_cast<std::size_t>(sent);
    }
    return true;
  }

  ssize_t send_two(const Connection& to) const {
    char* const bytes = const_cast<char*>(response_.data());  // sendmsg does not write to it
    std::array<iovec, 2> pieces{iovec{bytes + to.sent, head_bytes_ - to.sent},
                                iovec{bytes + head_bytes_, response_.size() - head_bytes_}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    return sendmsg(to.fd, &message, MSG_NOSIGNAL);
  }

  std::string response_;
  std::size_t head_bytes_;
  bool in_two_pieces_;
  int epoll_;
  std::vector<int> listeners_;
};

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc < 3 || argc > 6) return 2;
  using namespace minato::bench;
  const std::size_t chunk_bytes = argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 0;
  Canned canned(
      canned_response(std::strtoul(argv[2], nullptr, 10), argc > 3 ? argv[3] : "", chunk_bytes));
  const auto addresses =
      static_cast<std::uint32_t>(argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1);
  for (std::uint32_t i = 0; i < addresses; ++i) canned.add_listener(listen_on(argv[1], i));
  canned.run();
}
