// Serves the admin API on the control thread's loop, in one way: on the control socket, or over
// TCP. Who is silent keeps nobody out, and what happens on the one way does not touch the other.
#pragma once

#include <memory>
#include <string>

#include "connection/server.h"
#include "control/acceptor.h"
#include "http/handler.h"
#include "net/network.h"

namespace minato::control {

/// Thread:  the control thread's.
/// Outlive: the handler.
class AdminServer {
 public:
  AdminServer(runtime::Loop& loop, net::Network& network, observe::Log& log);
  ~AdminServer();

  /// Once. Errors: as Network::listen.
  Result<void> listen(const net::Address& address, http::Handler& handler);
  void cut() { server_.cut(); }

 private:
  struct Front;
  /// Nothing is written of what is asked here: who asks sees the answer.
  struct Silence final : connection::Witness, SlotNews {
    Silence(Quota& of, runtime::Event& event) : quota(of), freed(event) {}
    void connection_opened() override {}
    void connection_closed() override {
      if (quota.give()) slot_freed();
    }
    void slot_freed() override { freed.happen(); }
    void exchange_ended(const connection::ExchangeEnd&) override {}
    Quota& quota;
    runtime::Event& freed;
  };

  runtime::Loop& loop_;
  net::Network& network_;
  Quota quota_;
  runtime::Event slot_freed_;
  Silence silence_{quota_, slot_freed_};
  net::CidrSet nobody_;
  observe::Counters counters_;
  connection::Server server_;
  Intake intake_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace minato::control
