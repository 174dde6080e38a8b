#include "control/admin_server.h"

namespace minato::control {
namespace {

/// More at once than any person or scraper needs; each costs a descriptor of the control thread's.
constexpr std::uint32_t connections_max = 64;
/// Who has begun to ask holds one of them, and nobody is asked for a token before the head's end.
constexpr Millis head_patience = 2s;

}  // namespace

struct AdminServer::Front final : connection::Front {
  Front(http::Handler& answers, const net::CidrSet& trusted) : answering(answers) {
    trusted_proxies = &trusted;
    timeouts.request_header = head_patience;
    linger = {.idle = head_patience, .total = head_patience};
  }
  http::Handler& handler() override { return answering; }
  http::Handler& answering;
};

AdminServer::AdminServer(runtime::Loop& loop, net::Network& network, observe::Log& log)
    : loop_(loop),
      network_(network),
      quota_(connections_max, "the admin API allows"),
      slot_freed_(loop),
      server_(loop, silence_),
      intake_{.server = server_,
              .quota = quota_,
              .slots = silence_,
              .slot_freed = slot_freed_,
              .counters = counters_,
              .log = log,
              .policy = AtTheLimit::close_an_idle_one} {}

AdminServer::~AdminServer() {
  acceptor_.reset();
  server_.cut();
}

Result<void> AdminServer::listen(const net::Address& address, http::Handler& handler) {
  auto listener = network_.listen({.address = address, .shared = false});
  if (!listener) return std::unexpected(listener.error());
  auto port = make_local<connection::Port>();
  port->front = LocalRef<connection::Front>(new Front(handler, nobody_));
  port->number = address.port();
  acceptor_ = std::make_unique<Acceptor>(loop_, intake_, *std::move(listener), std::move(port));
  return {};
}

}  // namespace minato::control
