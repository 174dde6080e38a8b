// The network between simulated machines: who listens where, and how a connection is made.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/error.h"
#include "runtime/mailbox.h"
#include "sim/socket.h"

namespace minato::sim {

/// What is to happen at a time.
class Agenda {
 public:
  virtual Instant now() const = 0;
  virtual void at(Instant when, runtime::Job job) = 0;

 protected:
  ~Agenda() = default;
};

/// The kernel's half of a listener: connections that wait to be accepted.
struct Port {
  net::Address address;
  bool shared = true;
  std::size_t backlog = 0;
  SimLoop* loop = nullptr;
  Edge* listener = nullptr;
  std::deque<std::shared_ptr<Socket>> queue{};
};

class Wire {
 public:
  Wire(Agenda& agenda, std::uint64_t seed) : agenda_(agenda), random_(seed) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // For tests. References stay good for the life of the wire; changes hold at once.
  /// Of all connections but those to servers that have their own.
  Faults& faults() { return faults_; }
  /// Of the connections to `server`.
  Faults& faults_of(const net::Address& server);
  /// Nothing at `server` answers any more: who connects waits. Connections that are open stay.
  void silence(const net::Address& server) { silent_.push_back(server); }
  void unsilence(const net::Address& server) { std::erase(silent_, server); }

  // For what is on the wire.
  Instant now() const { return agenda_.now(); }
  void at(Instant when, runtime::Job job) { agenda_.at(when, std::move(job)); }
  Random& random() { return random_; }

  /// A socket that soon is connected to who listens at `to`, or failed. `from` has no port yet.
  std::shared_ptr<Socket> connect(const net::Address& from, const net::Address& to);
  /// Port 0 becomes a free one. Errors: denied, where another listens there and does not share.
  Result<void> open(Port& port);
  void close(Port& port) { std::erase(ports_, &port); }

 private:
  void knock(const std::shared_ptr<Socket>& client, Instant give_up);
  Port* choose_port(const net::Address& to);
  bool is_silent(const net::Address& server) const;
  const Faults& faults_for(const net::Address& server) const;
  std::uint16_t next_port();

  Agenda& agenda_;
  Random random_;
  Faults faults_;
  std::vector<std::pair<net::Address, std::unique_ptr<Faults>>> own_faults_;
  std::vector<net::Address> silent_;
  std::vector<Port*> ports_;
  std::uint16_t last_port_ = 40'000;
};

}  // namespace minato::sim
