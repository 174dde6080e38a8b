// The kernel's half of a simulated TCP connection: what arrived, what flies, who ended or broke it.
//
// It keeps to what Linux does (the contract test runs the same cases over both): bytes that arrived
// before a reset can still be read, a reset is told once and then reads as the end, closing with
// bytes unread is a reset, and so is what comes back from a socket that was closed.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "net/address.h"
#include "net/stream.h"
#include "runtime/watcher.h"
#include "sim/faults.h"
#include "sim/sim_loop.h"

namespace minato::sim {

class Wire;

/// What travels from one end to the other, in order.
struct Segment {
  enum class Kind : std::uint8_t {
    open,  ///< the connection is accepted
    data,
    end,  ///< nothing more will come
    reset,
    cut,  ///< something between the two resets both
  };
  Kind kind;
  std::string bytes{};
  Instant at{};  ///< when it is there
};

class Socket : public std::enable_shared_from_this<Socket> {
 public:
  Socket(Wire& wire, const Faults& faults, net::Address local, net::Address remote);
  /// `server` takes the connection that `client` waits for.
  static void join(Socket& client, Socket& server);

  // What the program asks of it.
  /// `edge` is stirred in `loop` now and whenever something changes.
  void attach(SimLoop& loop, Edge& edge);
  runtime::Readiness poll();
  net::Io read(std::span<char> into);
  net::Io write(std::span<const iovec> pieces);
  void end_writing();
  void close(bool with_reset);
  /// What broke it, as an errno; 0: nothing, or it was told already.
  int take_error() { return std::exchange(error_, 0); }
  /// True where a read would block. Takes the error, as a peeking recv does.
  bool quiet();
  const net::Address& local() const { return local_; }
  const net::Address& remote() const { return remote_; }

  // What the wire does to it.
  const Faults& faults() const { return faults_; }
  bool closed() const { return closed_; }
  /// The connection is gone.
  void fail(int os_errno);

 private:
  void send(Segment::Kind kind, std::string bytes = {});
  void watch_flight();
  void land();
  void receive(Segment segment);
  void bounce(Segment::Kind kind);
  void abort();
  void credit(std::size_t bytes);
  void notify();
  std::size_t unread() const { return arrived_.size() - read_up_to_; }
  std::size_t room() const { return capacity_ - held_; }

  Wire& wire_;
  const Faults& faults_;
  net::Address local_, remote_;
  std::weak_ptr<Socket> peer_;
  SimLoop* loop_ = nullptr;
  Edge* edge_ = nullptr;

  std::deque<Segment> flying_;
  bool watched_ = false;    // the first of them is on the agenda
  Instant last_arrival_{};  // of what flies: nothing overtakes
  std::string arrived_;
  std::size_t read_up_to_ = 0;  // of arrived_
  std::size_t capacity_;        // of what this sends
  std::size_t held_ = 0;        // sent, and not yet read by the peer's program
  int error_ = 0;
  bool connecting_ = true;
  bool starved_ = false;     // the program waits for room
  bool ended_ = false;       // nothing more is sent
  bool peer_ended_ = false;  // nothing more comes
  bool dead_ = false;        // reset or refused
  bool closed_ = false;      // by the program
};

}  // namespace minato::sim
