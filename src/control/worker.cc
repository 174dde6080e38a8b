#include "control/worker.h"

#include "base/assert.h"

namespace minato::control {

using observe::Counter;

namespace {

/// Of this cache in Cache-Status (RFC 9211 2).
constexpr std::string_view cache_name = "Minato";

}  // namespace

Worker::Worker(runtime::Loop& loop, net::Network& network, upstream::WorkerIndex index,
               const Commons& commons)
    : loop_(loop),
      network_(network),
      index_(index),
      commons_(commons),
      ledger_({.loop = loop,
               .log = commons.log,
               .access_log = commons.access_log,
               .counters = commons.counters[index],
               .quota = commons.quota,
               .slots = *this},
              index),
      pools_(loop, network, *this),
      fills_(loop),
      elsewhere_(commons.snapshots),
      server_(loop, ledger_),
      slot_freed_(loop),
      intake_{.server = server_,
              .quota = commons.quota,
              .slots = *this,
              .slot_freed = slot_freed_,
              .counters = commons.counters[index],
              .log = commons.log},
      drain_(loop) {
  loop_.pipes().limit(commons.pipes);
}

Worker::~Worker() { cut(); }  // while pools and ledger still stand

void Worker::cut() {
  drain_.cancel_all();
  acceptors_.clear();
  retired_.clear();
  server_.cut();
  fills_.cancel_all();
}

/// With the front that it had, until `apply`, as a port that stays; connections from before the
/// removal were told to close, and do.
void Worker::revive(const std::vector<net::Address>& addresses) {
  forget_ended_acceptors();
  for (const net::Address& address : addresses) {
    const auto found = retired_.find(address.text());
    if (found == retired_.end()) continue;
    const connection::Port& before = found->second->port();
    auto port = make_local<connection::Port>();
    port->front = before.front;
    port->number = before.number;
    if (!found->second->resume(std::move(port))) continue;
    revived_.push_back(found->first);
    acceptors_.insert(retired_.extract(found));
  }
}

Result<void> Worker::open(const std::vector<net::Address>& addresses) {
  for (const net::Address& address : addresses) {
    if (acceptors_.contains(address.text())) continue;
    auto listener = network_.listen({.address = address, .owner = commons_.port_owner});
    if (!listener) {
      abandon();
      return std::unexpected(listener.error());
    }
    opened_.emplace(address.text(), *std::move(listener));
  }
  return {};
}

void Worker::abandon() {
  for (const std::string& address : revived_) retire(acceptors_.extract(address));
  revived_.clear();
  opened_.clear();
}

void Worker::apply(std::shared_ptr<const Snapshot> snapshot) {
  MINATO_ASSERT(!draining_);
  const auto site = make_local<Site>(
      snapshot,
      proxy::Surroundings{
          .loop = loop_, .pools = pools_, .worker = index_, .pseudonym = commons_.pseudonym},
      cache::Surroundings{.loop = loop_,
                          .reader = index_,
                          .fills = fills_,
                          .name = cache_name,
                          .elsewhere = elsewhere_});
  Acceptors kept;
  for (const PortPlan& plan : snapshot->ports) {
    const std::string address = plan.address.text();
    auto front = LocalRef<connection::Front>(new SiteFront(site, plan));
    if (auto old = acceptors_.extract(address)) {
      old.mapped()->port().front = std::move(front);
      kept.insert(std::move(old));
    } else if (auto fresh = opened_.extract(address)) {
      auto port = make_local<connection::Port>();
      port->front = std::move(front);
      port->number = plan.address.port();
      kept.emplace(address, std::make_unique<Acceptor>(loop_, intake_, std::move(fresh.mapped()),
                                                       std::move(port)));
    }
  }
  acceptors_.swap(kept);
  while (!kept.empty()) retire(kept.extract(kept.begin()));
  revived_.clear();
  opened_.clear();
  forget_ended_acceptors();
  pools_.forget_unnamed();
}

void Worker::install(const upstream::GroupChange& change) {
  change.group->install(index_, change.candidates);
  pools_.forget_unnamed();
}

void Worker::drain(runtime::Job finished) {
  draining_ = true;
  for (auto& [address, acceptor] : acceptors_) acceptor->stop();
  retired_.merge(acceptors_);
  server_.drain();
  drain_.start(finish(std::move(finished)));
}

Task<void> Worker::finish(runtime::Job finished) {
  while (!retired_.empty()) {
    co_await retired_.begin()->second->ended();
    forget_ended_acceptors();
  }
  co_await server_.empty();
  finished();
}

void Worker::retire(Acceptors::node_type acceptor) {
  acceptor.mapped()->stop();
  server_.retire(acceptor.mapped()->port());
  retired_.insert(std::move(acceptor));
}

void Worker::forget_ended_acceptors() {
  std::erase_if(retired_, [](const auto& entry) { return entry.second->has_ended(); });
}

void Worker::connect_failed(const upstream::Endpoint& endpoint, const Error& error) {
  counters().add(Counter::upstream_connect_failures);
  commons_.headquarters.connect_failed(endpoint.id, error);
}

void Worker::connect_recovered(const upstream::Endpoint& endpoint) {
  commons_.headquarters.connect_recovered(endpoint.id);
}

void Worker::connection_opened() {
  counters().add(Counter::upstream_connections_opened);
  counters().add(Counter::upstream_connections_open);
}

void Worker::connection_reused() { counters().add(Counter::upstream_connections_reused); }

void Worker::connection_closed() { counters().subtract(Counter::upstream_connections_open); }

}  // namespace minato::control
