// Load that does not wait for answers: every request has its time, and its latency counts from that
// time whether or not its connection was free by then. So a stall of the server counts for all the
// requests that fell into it.
//
// usage: bench_openloop PORT REQUESTS_A_SECOND SECONDS CONNECTIONS
// Requests take the connections in turn. At more requests a second than the server can answer, what
// it answered in time is the most that it can. Prints one line of JSON; times are microseconds.
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "client.h"
#include "histogram.h"
#include "socket.h"

namespace minato::bench {
namespace {

constexpr Nanos warm_up = second / 2;   // not recorded
constexpr Nanos last_answers = second;  // are waited for, at most so long

/// A client's connection with the requests whose time has come; the first of them is on its way.
struct Connection {
  int fd = -1;
  std::deque<Nanos> due;
  std::string got;  ///< of the answer to the first
};

class Load {
 public:
  Load(const char* port, double rate, double seconds, std::size_t connections)
      : request_(request(port)),
        epoll_(checked(epoll_create1(0), "epoll_create1")),
        interval_(static_cast<double>(second) / rate),
        connections_(connections) {
    for (Connection& each : connections_) {
      each.fd = connect_to(port);
      watch(epoll_, each.fd, &each);
    }
    start_ = now();
    end_ = start_ + warm_up + static_cast<Nanos>(seconds * static_cast<double>(second));
  }

  void run() {
    while (next_due() < end_ && now() < end_) {
      send_what_is_due();
      wait_until(next_due());
    }
    while (waiting_ > 0 && now() < end_ + last_answers) wait_until(end_ + last_answers);
    for (const Connection& each : connections_) {
      for (const Nanos due : each.due) record(due, now());  // at least so late
    }
  }

  void print() const {
    const double seconds = static_cast<double>(end_ - start_ - warm_up) / second;
    std::printf(R"({"requests": %lu, "unanswered": %lu, "answered_a_second": %.1f)",
                latencies_.count(), waiting_, static_cast<double>(answered_in_time_) / seconds);
    std::printf(R"(, "sent_late": %.1f, "max": %.1f)", micros(lags_.percentile(99)),
                micros(latencies_.max()));
    std::printf(R"(, "percentiles": {)");
    const char* separator = "";
    for (const char* percent :
         {"1", "10", "25", "50", "75", "90", "95", "99", "99.5", "99.9", "99.95", "99.99"}) {
      const Nanos value = latencies_.percentile(std::strtod(percent, nullptr));
      std::printf(R"(%s"%s": %.1f)", separator, percent, micros(value));
      separator = ", ";
    }
    std::printf("}}\n");
  }

 private:
  static double micros(Nanos nanos) { return static_cast<double>(nanos) / 1000; }

  Nanos next_due() const {
    return start_ + static_cast<Nanos>(interval_ * static_cast<double>(scheduled_));
  }

  void record(Nanos due, Nanos at) {
    if (due >= start_ + warm_up) latencies_.add(at - due);
  }

  void send_what_is_due() {
    for (Nanos due; (due = next_due()) <= now() && due < end_; ++scheduled_) {
      Connection& to = connections_[scheduled_ % connections_.size()];
      to.due.push_back(due);
      ++waiting_;
      if (to.due.size() > 1) continue;
      if (due >= start_ + warm_up) lags_.add(now() - due);
      send_request(to);
    }
  }

  void send_request(const Connection& to) {
    const auto size = static_cast<ssize_t>(request_.size());
    if (send(to.fd, request_.data(), request_.size(), MSG_NOSIGNAL) != size) die("send");
  }

  void wait_until(Nanos time) {
    const Nanos at = now();
    const Nanos left = time > at ? time - at : 0;
    const timespec timeout{.tv_sec = static_cast<std::time_t>(left / second),
                           .tv_nsec = static_cast<long>(left % second)};
    std::array<epoll_event, 256> events;
    const int ready =
        epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if ((event.events & EPOLLIN) != 0) receive(*static_cast<Connection*>(event.data.ptr));
    }
  }

  void receive(Connection& from) {
    std::array<char, 65536> buffer;
    const ssize_t size = recv(from.fd, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) die("a connection that the server ended");
    from.got.append(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t whole = response_size(from.got);
    if (whole == 0 || from.got.size() < whole) return;
    if (from.got.size() > whole || from.due.empty()) die("more than one answer");
    finish_first(from);
  }

  void finish_first(Connection& from) {
    const Nanos at = now();
    if (at >= start_ + warm_up && at < end_) ++answered_in_time_;
    record(from.due.front(), at);
    from.due.pop_front();
    from.got.clear();
    --waiting_;
    if (!from.due.empty()) send_request(from);
  }

  std::string request_;
  int epoll_;
  double interval_;  ///< nanoseconds
  Nanos start_ = 0;
  Nanos end_ = 0;
  std::vector<Connection> connections_;
  std::size_t scheduled_ = 0;
  std::size_t waiting_ = 0;  ///< scheduled by now, and not answered
  std::uint64_t answered_in_time_ = 0;
  Histogram latencies_;
  Histogram lags_;  ///< from its time to the sending of a request whose connection was free
};

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  prctl(PR_SET_TIMERSLACK, 1);  // wake in time, not 50 us later
  minato::bench::Load load(argv[1], std::strtod(argv[2], nullptr), std::strtod(argv[3], nullptr),
                           std::strtoul(argv[4], nullptr, 10));
  load.run();
  load.print();
}
