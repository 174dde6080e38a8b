// A client that sends what is planned, as it is planned, and holds what comes back against it.
#pragma once

#include <memory>
#include <vector>

#include "net/network.h"
#include "runtime/scope.h"
#include "scenario/ledger.h"

namespace minato::scenario {

struct ClientPlan {
  std::vector<ExchangePlan> exchanges;
  Pace reading, writing;
  bool half_closes = false;  ///< ends its side once all is sent
  int abandons = -1;         ///< the exchange in which it hangs up; -1: none
};

/// Sends its requests over one connection after another.
///
/// Outlive: the ledger, the network and its loop.
class PlannedClient {
 public:
  PlannedClient(runtime::Loop& loop, net::Network& network, net::Address server, Ledger& ledger,
                ClientPlan plan, std::uint64_t seed);

  bool done() const { return tasks_.running() == 0; }

 private:
  struct Talk;

  Task<void> run();
  Task<void> converse(std::unique_ptr<net::Stream> stream);
  Task<void> write_requests(Talk& talk);
  Task<bool> write_request(Talk& talk, std::size_t index);
  Task<void> read_responses(Talk& talk);
  Task<bool> read_response(Talk& talk);
  Task<Ending> read_body(Talk& talk, const Head& head, int attempt);
  void settle(Talk& talk);
  const ExchangePlan& exchange(std::size_t index) const { return plan_.exchanges[index]; }

  runtime::Loop& loop_;
  net::Network& network_;
  const net::Address server_;
  Ledger& ledger_;
  const ClientPlan plan_;
  Random random_;
  std::size_t next_ = 0;  // the first exchange that was not begun
  runtime::Scope tasks_;
};

}  // namespace minato::scenario
