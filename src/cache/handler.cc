#include "cache/handler.h"

#include "cache/exchange.h"
#include "http/client_failure.h"
#include "http/unforwarded.h"

namespace minato::cache {
namespace {

/// What is not a matter of stored responses: other protocols, a GET with a body (RFC 9110 9.3.1),
/// and what names no host (RFC 9112 3.2), as no URL of a purge could mean it.
bool passes_by(const http::Request& request) {
  return !request.upgrade.empty() ||
         (is_read(request.head.method) && !request.body.length().empty()) ||
         request.head.target.form == http::TargetForm::asterisk ||
         request.head.target.form == http::TargetForm::authority || request.head.authority.empty();
}

/// What does not reach the origin tells no responses apart: under what a client said so, others
/// would get what was made without it.
void forget_unforwarded(http::Request& request) {
  http::remove_nominated(request.head.fields);
  if (!request.client.trusted_peer) http::remove_claims(request.head.fields);
}

Task<http::Outcome> run_exchange(const CacheHandler& handler, http::Request& request,
                                 http::Responder& responder) {
  CacheExchange exchange(handler, request, responder);
  if (auto hit = exchange.plain_hit()) {
    const auto sent = co_await *std::move(hit);
    co_return http::outcome_of_write(sent);
  }
  co_return co_await exchange.run();
}

}  // namespace

Task<http::Outcome> CacheHandler::handle(http::Request& request, http::Responder& responder) {
  if (!rules_.options().enabled || passes_by(request)) return origin_.handle(request, responder);
  forget_unforwarded(request);
  return run_exchange(*this, request, responder);
}

}  // namespace minato::cache
