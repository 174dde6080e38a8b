#include "sim/wire.h"

#include <algorithm>
#include <cerrno>

namespace minato::sim {
namespace {

using net::Address;

constexpr Nanos knock_interval = 1s;   // a SYN that nobody answers is sent again
constexpr Nanos connect_limit = 127s;  // and in the end given up: tcp_syn_retries 6

/// How closely `listening` fits `to`: 0 where it does not.
int fit(const Address& listening, const Address& to) {
  if (listening == to) return 3;
  if (to.family() == Address::Family::unix_path || !listening.is_wildcard() ||
      listening.port() != to.port())
    return 0;
  if (listening.family() == to.family()) return 2;
  return listening.family() == Address::Family::ipv6 ? 1 : 0;  // an IPv6 wildcard is dual-stack
}

}  // namespace

Faults& Wire::faults_of(const Address& server) {
  const auto row = std::ranges::find(own_faults_, server, [](auto& pair) { return pair.first; });
  if (row != own_faults_.end()) return *row->second;
  own_faults_.emplace_back(server, std::make_unique<Faults>(faults_));
  return *own_faults_.back().second;
}

const Faults& Wire::faults_for(const Address& server) const {
  for (const auto& [address, faults] : own_faults_)
    if (address == server) return *faults;
  return faults_;
}

bool Wire::is_silent(const Address& server) const {
  return std::ranges::find(silent_, server) != silent_.end();
}

std::shared_ptr<Socket> Wire::connect(const Address& from, const Address& to) {
  const Faults& faults = faults_for(to);
  const auto client = std::make_shared<Socket>(*this, faults, from.with_port(next_port()), to);
  if (to.family() == Address::Family::unix_path && choose_port(to) == nullptr)
    client->fail(ENOENT);
  else
    at(now() + draw_delay(faults, random_),
       [this, client, give_up = now() + connect_limit] { knock(client, give_up); });
  return client;
}

void Wire::knock(const std::shared_ptr<Socket>& client, Instant give_up) {
  if (client->closed()) return;
  if (now() >= give_up) return client->fail(ETIMEDOUT);
  const bool silent = is_silent(client->remote());
  Port* const port = silent ? nullptr : choose_port(client->remote());
  if (silent || (port != nullptr && port->queue.size() >= port->backlog))
    return at(now() + knock_interval, [this, client, give_up] { knock(client, give_up); });
  const Faults& faults = client->faults();
  if (port == nullptr || happens(faults.refuse_one_in, random_))
    return at(now() + draw_delay(faults, random_), [client] { client->fail(ECONNREFUSED); });
  const auto server = std::make_shared<Socket>(*this, faults, client->remote(), client->local());
  Socket::join(*client, *server);
  port->queue.push_back(server);
  port->loop->stir(*port->listener);
}

/// One of those that fit best: several listeners of one address share its connections.
Port* Wire::choose_port(const Address& to) {
  int best = 1;
  std::size_t count = 0;
  Port* chosen = nullptr;
  for (Port* const port : ports_) {
    const int fits = fit(port->address, to);
    if (fits < best) continue;
    count = fits > best ? 1 : count + 1;
    best = fits;
    if (random_.one_in(count)) chosen = port;
  }
  return chosen;
}

Result<void> Wire::open(Port& port) {
  const bool is_path = port.address.family() == Address::Family::unix_path;
  if (!is_path && port.address.port() == 0) port.address = port.address.with_port(next_port());
  for (const Port* const other : ports_) {
    const bool meet =
        fit(other->address, port.address) != 0 || fit(port.address, other->address) != 0;
    if (meet && !(port.shared && other->shared))
      return fail(Fault::denied, Side::local, "the address is in use", EADDRINUSE);
  }
  ports_.push_back(&port);
  return {};
}

std::uint16_t Wire::next_port() { return ++last_port_ != 0 ? last_port_ : last_port_ = 40'001; }

}  // namespace minato::sim
