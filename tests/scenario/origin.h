// An origin that answers each request as its plan says, mishaps included.
#pragma once

#include <memory>

#include "net/network.h"
#include "runtime/scope.h"
#include "scenario/ledger.h"

namespace minato::scenario {

/// How it closes.
enum class Farewell : std::uint8_t {
  abrupt,   ///< in one of two cases at once, whatever the other side still sends
  patient,  ///< always says the end first and waits for the other side's
};

/// Outlive: the ledger, the network and its loop.
class PlannedOrigin {
 public:
  PlannedOrigin(runtime::Loop& loop, net::Network& network, const net::Address& address,
                Ledger& ledger, Farewell farewell, std::uint64_t seed);

  /// Takes no new connections.
  void stop() { listener_->stop(); }
  std::size_t connections() const { return connections_.running(); }

 private:
  /// Whether a connection goes on after an exchange.
  enum class After : std::uint8_t { go_on, close, reset };
  struct Visit;

  Task<void> accept();
  Task<void> serve(std::unique_ptr<net::Stream> stream);
  Task<After> answer(Visit& visit, const Head& head);
  Task<void> read_request(Visit& visit, const Head& head, const ExchangePlan& plan, int attempt);
  Task<After> respond(Visit& visit, const ExchangePlan& plan, int attempt);
  Task<After> fail(Visit& visit, const ExchangePlan& plan, int attempt);

  runtime::Loop& loop_;
  Ledger& ledger_;
  const Farewell farewell_;
  Random random_;
  std::unique_ptr<net::Listener> listener_;
  runtime::Scope connections_;
  runtime::Scope accepting_;
};

}  // namespace minato::scenario
