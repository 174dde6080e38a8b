// Everything that lives on one worker's loop: its ports, client connections and upstream pools.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connection/server.h"
#include "control/acceptor.h"
#include "control/ledger.h"
#include "control/site.h"
#include "control/snapshots.h"
#include "upstream/pools.h"
#include "upstream/registry.h"

namespace minato::control {

/// What the workers tell the control thread. Any thread.
class Headquarters {
 public:
  virtual ~Headquarters() = default;
  virtual void connect_failed(upstream::EndpointId endpoint, Error error) = 0;
  virtual void connect_recovered(upstream::EndpointId endpoint) = 0;
  virtual void slot_freed() = 0;
  /// Enough that the allocator should part with it.
  virtual void memory_freed() = 0;
};

/// Shared by all workers, and outlives them.
struct Commons {
  observe::Log& log;
  observe::AccessLog& access_log;
  std::span<observe::Counters> counters;  ///< one a worker
  Quota& quota;
  Headquarters& headquarters;
  const Snapshots& snapshots;
  std::uint32_t pipes;                   ///< of each worker
  std::string pseudonym;                 ///< of this instance, in Via
  std::optional<unsigned> port_owner{};  ///< whom this process becomes once it listens
};

/// Thread: its loop's. The control thread speaks to it by messages to that loop.
class Worker final : private upstream::ConnectNews, private SlotNews {
 public:
  Worker(runtime::Loop& loop, net::Network& network, upstream::WorkerIndex index,
         const Commons& commons);
  ~Worker() override;

  runtime::Loop& loop() { return loop_; }
  upstream::WorkerIndex index() const { return index_; }

  /// Before anything else of a configuration: where an earlier one listened and what waits in the
  /// queue is still served, connections are taken again.
  void revive(const std::vector<net::Address>& addresses);
  /// The first half of taking over a configuration: listens where nobody listens yet. Where one
  /// address fails, nothing stays open of this call.
  Result<void> open(const std::vector<net::Address>& addresses);
  /// Takes back what was revived or opened and not applied.
  void abandon();
  /// The second half, which cannot fail: from here on requests are served by `snapshot`. Not once
  /// it drains.
  void apply(std::shared_ptr<const Snapshot> snapshot);

  void install(const upstream::GroupChange& change);
  /// Somewhere a connection ended: who waits for a slot may try again.
  void retry_accepts() { slot_freed_.happen(); }

  /// Takes no new connections, but those that wait in a queue, and no further request on any. Calls
  /// `finished` on this thread when the last of them has ended.
  void drain(runtime::Job finished);
  /// Ends every connection now, and takes no other.
  void cut();

 private:
  void connect_failed(const upstream::Endpoint& endpoint, const Error& error) override;
  void connect_recovered(const upstream::Endpoint& endpoint) override;
  bool make_room() override { return pools_.close_idle(); }
  void connection_opened() override;
  void connection_reused() override;
  void connection_closed() override;
  void slot_freed() override { commons_.headquarters.slot_freed(); }

  using Acceptors = std::multimap<std::string, std::unique_ptr<Acceptor>>;  // by address

  void retire(Acceptors::node_type acceptor);
  void forget_ended_acceptors();
  Task<void> finish(runtime::Job finished);

  observe::Counters& counters() { return commons_.counters[index_]; }

  runtime::Loop& loop_;
  net::Network& network_;
  upstream::WorkerIndex index_;
  const Commons& commons_;
  Ledger ledger_;
  upstream::Pools pools_;
  cache::Fills fills_;
  SnapshotsView elsewhere_;
  connection::Server server_;
  runtime::Event slot_freed_;
  Intake intake_;
  std::map<std::string, std::unique_ptr<net::Listener>> opened_;  // by address, not applied yet
  std::vector<std::string> revived_;                              // the same
  Acceptors acceptors_;
  Acceptors retired_;  // they serve what waits in their queue
  bool draining_ = false;
  runtime::Scope drain_;
};

}  // namespace minato::control
