// The server side of HTTP/1.1: answers the requests of client connections until these close, fail
// or their worker drains.
#pragma once

#include "base/intrusive_list.h"
#include "connection/date_cache.h"
#include "connection/front.h"
#include "net/network.h"
#include "runtime/scope.h"
#include "runtime/timers.h"

namespace minato::connection {

class ServerConnection;

/// The client connections of one worker.
///
/// Thread: the worker's.
/// Owns:   every connection; destroying the server closes them at once.
class Server {
 public:
  Server(runtime::Loop& loop, Witness& witness)
      : loop_(loop), witness_(witness), late_(loop.timers(), *this), scope_(loop) {}

  /// Serves `accepted` from now on, as `port` says at each request.
  void serve(net::Accepted accepted, LocalRef<Port> port);

  /// Takes no further request on any connection: those that are idle close now, the others after
  /// the exchange that runs. One that has not asked yet may still do so, for a short while. Wait
  /// for `empty` then.
  void drain();
  /// The same for the connections of one port.
  void retire(Port& port);
  /// Closes the connection that has waited longest for a request, soon, but not before this
  /// returns. False where none waits.
  bool close_longest_idle();
  /// co_await server.empty(): until no connection is left.
  runtime::Scope::Empty empty() { return scope_.empty(); }
  std::size_t connections() const { return scope_.running(); }
  /// Closes every connection now.
  void cut() { scope_.cancel_all(); }

 private:
  friend class ServerConnection;
  friend class ServerExchange;
  void close_idle();
  void close_late();

  runtime::Loop& loop_;
  Witness& witness_;
  DateCache date_;
  IntrusiveList<ServerConnection> idle_;
  runtime::TimerOf<Server, &Server::close_late> late_;  // for those that closing leaves to ask
  runtime::Scope scope_;
  bool draining_ = false;
};

}  // namespace minato::connection
