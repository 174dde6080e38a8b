// Connections to one endpoint on one worker: those that wait for reuse, and how long they may.
#pragma once

#include <memory>

#include "base/local_ref.h"
#include "connection/http1_client.h"
#include "net/network.h"
#include "upstream/endpoint.h"
#include "upstream/idle_limit.h"
#include "upstream/options.h"

namespace minato::upstream {

class Pool;

/// Told how connects of real requests fare. Thread: the worker's.
class ConnectNews {
 public:
  virtual ~ConnectNews() = default;
  /// Of failures in a row each of the first is told, as many as any `fall` can ask for, then one a
  /// second: under load a dead endpoint that nothing replaces would else be news without end.
  virtual void connect_failed(const Endpoint& endpoint, const Error& error) = 0;
  /// The first that succeeds after one that failed.
  virtual void connect_recovered(const Endpoint& endpoint) = 0;
  /// Closes idle connections where no descriptor is left for a new one. False where there are none.
  virtual bool make_room() { return false; }

  // For who counts.
  virtual void connection_opened() {}
  virtual void connection_reused() {}
  virtual void connection_closed() {}
};

/// One connection for one exchange. When it dies the connection goes back to its pool, if the
/// exchange ended cleanly; else it is closed.
class Lease {
 public:
  Lease(LocalRef<Pool> pool, std::unique_ptr<connection::Http1Client> client,
        const PoolOptions& options);
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  connection::Http1Client& client() { return *client_; }

 private:
  LocalRef<Pool> pool_;
  std::unique_ptr<connection::Http1Client> client_;
  const PoolOptions* options_;
};

/// What is lost where a request goes out on a connection that the origin has just ended.
enum class Care : std::uint8_t {
  repeatable,    ///< a moment: it is tried again
  unrepeatable,  ///< the request
};

/// Keeps idle connections, newest first, and closes them before the origin would: after the
/// configured time, or what the origin announced, or what it was seen to do.
///
/// Thread: one worker's. Leases and the worker's Pools hold it.
/// Owns:   the idle connections; destroying the pool closes them.
/// Bounds: `idle_per_host` connections, without buffers.
class Pool : public LocalCounted {
 public:
  Pool(runtime::Loop& loop, net::Network& network, ConnectNews& news,
       std::shared_ptr<Endpoint> endpoint);
  ~Pool();

  Endpoint& endpoint() { return *endpoint_; }

  /// An idle connection, or a new one, made by `until`. `options` lives as long as the lease.
  /// Errors (side upstream): refused, timed_out, resource … of the connect.
  Soon<Result<Lease>> check_out(const PoolOptions& options, Care care, Instant until);

  /// False where there is no idle connection.
  bool close_idle();
  std::size_t idle_count() const { return idle_count_; }
  /// Nobody else holds this pool, and no configuration leads to it.
  bool unused() const { return references() == 1 && endpoint_->named() == Named::no; }

 private:
  friend class Lease;
  class Idle;
  std::unique_ptr<connection::Http1Client> take_idle(Care care);
  Task<Result<Lease>> connect(const PoolOptions& options, Instant until);
  void connect_failed(const Error& error);
  void give_back(std::unique_ptr<connection::Http1Client> client, const PoolOptions& options);
  void count_closed();
  bool fit_for_reuse(connection::Http1Client& client, const PoolOptions& options) const;
  void drop(Idle& idle);
  void peer_stirred(Idle& idle);
  void close_old();

  runtime::Loop& loop_;
  net::Network& network_;
  ConnectNews& news_;
  std::shared_ptr<Endpoint> endpoint_;
  IntrusiveList<Idle> idle_;  // newest at the back
  std::size_t idle_count_ = 0;
  IdleLimit limit_;
  std::uint32_t failed_connects_ = 0;  // in a row
  Instant failure_told_{};
  runtime::TimerOf<Pool, &Pool::close_old> oldest_;
};

}  // namespace minato::upstream
