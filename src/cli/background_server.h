// Serves handlers on a thread of its own: the origins of the demo.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "connection/server.h"
#include "net/socket_network.h"
#include "runtime/scope.h"

namespace minato::cli {

/// Thread: the one that made it; its handlers run on another, which takes no signals.
class BackgroundServer {
 public:
  /// Errors: resource.
  static Result<std::unique_ptr<BackgroundServer>> make();
  /// Cuts what runs.
  ~BackgroundServer();

  /// Before `start`. Returns the address that `handler` is at: port 0 means one that is free.
  /// Errors: as Network::listen.
  Result<net::Address> listen(const net::Address& address, std::unique_ptr<http::Handler> handler);
  void start();

  /// For handlers that wait; lives as long as they do.
  runtime::Loop& loop() { return *loop_; }

 private:
  struct Front;
  struct Silence final : connection::Witness {
    void connection_opened() override {}
    void connection_closed() override {}
    void exchange_ended(const connection::ExchangeEnd&) override {}
  };

  explicit BackgroundServer(std::unique_ptr<runtime::EpollLoop> loop);
  static Task<void> accept_all(BackgroundServer& self, net::Listener& listener,
                               LocalRef<connection::Port> port);

  std::unique_ptr<runtime::EpollLoop> loop_;
  net::SocketNetwork network_;
  net::CidrSet nobody_;
  Silence silence_;
  connection::Server server_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  runtime::Scope tasks_;
  std::thread thread_;
};

}  // namespace minato::cli
