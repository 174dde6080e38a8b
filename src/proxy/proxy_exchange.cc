#include "proxy/proxy_exchange.h"

#include "http/client_failure.h"
#include "http1/connection_fields.h"
#include "http1/framing.h"
#include "proxy/forwarding.h"
#include "proxy/max_forwards.h"
#include "proxy/tunnel.h"
#include "runtime/budget.h"
#include "upstream/target.h"

namespace minato::proxy {

using connection::Call;
using http::BodyLength;
using http::FieldId;
using http::Last;
using http::Outcome;
using http::Reason;

namespace {

/// Interim responses that an origin may send before the final one.
constexpr int interim_max = 32;

}  // namespace

ProxyExchange::ProxyExchange(const Service& service, const Surroundings& surroundings,
                             http::Request& request, http::Responder& responder)
    : service_(service),
      surroundings_(surroundings),
      request_(request),
      responder_(responder),
      forwarded_(request.arena),
      response_(request.arena),
      upstream_rules_(service.body_rules()),
      pump_(surroundings.loop, request, service.forwarding.request_id),
      began_(surroundings.loop.now()) {
  upstream_rules_.bytes_max = 0;  // that is of requests
}

Task<Outcome> ProxyExchange::run() {
  const MaxForwards hops = max_forwards(request_.head);
  const bool ends_here =
      hops.kind == MaxForwards::Kind::spent && request_.head.method == http::Method::options;
  if (ends_here) return answer_options(request_, responder_);
  return forward(hops);
}

Task<Outcome> ProxyExchange::forward(MaxForwards hops) {
  if (const auto refused = refusal(hops)) co_return std::unexpected(*refused);
  forward_fields(request_, service_.forwarding, surroundings_.pseudonym, forwarded_.fields);
  count_hop(hops, forwarded_.fields);
  Failed last;
  for (std::uint32_t tries = 0; tries <= service_.retries.attempts; ++tries) {
    auto picked = service_.group->pick(surroundings_.worker, tried_);
    if (!picked && !last) last = {.reason = picked.error()};
    if (!picked) break;
    ++request_.record.attempts;
    const auto endpoint = picked->candidate.endpoint->id;
    last = co_await try_endpoint(*picked);
    if (!last) co_return Outcome{};
    if (responder_.started() || !may_retry(attempt_, request_.head.method)) break;
    tried_.add_failed(endpoint);
  }
  last->retry_after = retry_after(last->reason);
  co_return std::unexpected(*last);
}

/// What needs no endpoint to be told.
std::optional<http::Failure> ProxyExchange::refusal(const MaxForwards& hops) const {
  if (service_.forwarding.via && has_passed_through(request_.head.fields, surroundings_.pseudonym))
    return http::Failure{.reason = Reason::proxy_loop};
  switch (hops.kind) {
    // To echo a request shows its credentials to whatever made the browser send it, so as a final
    // recipient Minato implements TRACE for no target: RFC 9110 9.3.8 does not insist.
    case MaxForwards::Kind::spent: return http::Failure{.reason = Reason::method_not_implemented};
    case MaxForwards::Kind::malformed:
      return http::Failure{
          .reason = Reason::malformed_request,
          .error = {Fault::malformed, Side::downstream, 0, "invalid Max-Forwards"}};
    default: break;
  }
  const BodyLength length = request_.body.length();
  const std::uint64_t most = request_.rules.bytes_max;
  if (most != 0 && length.kind == BodyLength::Kind::known && length.bytes > most)
    return http::Failure{.reason = Reason::body_too_large};
  return std::nullopt;
}

Task<ProxyExchange::Failed> ProxyExchange::try_endpoint(upstream::Picked& picked) {
  attempt_ = {};
  upstream::Endpoint& endpoint = *picked.candidate.endpoint;
  const LocalRef<upstream::Pool> pool =
      surroundings_.pools.of(endpoint);                     // keeps the endpoint, too
  const upstream::InFlight place(std::move(picked.place));  // dies before the endpoint can
  request_.record.endpoint = request_.arena.copy(endpoint.text);
  const auto care = http::is_idempotent(request_.head.method) ? upstream::Care::repeatable
                                                              : upstream::Care::unrepeatable;
  const Instant until = deadline_after(surroundings_.loop.now(), service_.timeouts.connect);
  auto lease = co_await pool->check_out(service_.pool, care, until);
  if (!lease) co_return failed(lease.error());
  attempt_.phase = Phase::waiting;
  if (auto started = start_call(lease->client(), picked.candidate); !started)
    co_return failed(started.error());
  auto outcome = co_await converse(lease->client());
  attempt_.sent_any = lease->client().sent_any();
  co_return outcome;
}

Result<void> ProxyExchange::start_call(connection::Http1Client& client,
                                       const upstream::Candidate& candidate) {
  response_ = http::ResponseHead(request_.arena);
  client.begin({.response = response_,
                .rules = upstream_rules_,
                .head_bytes_max = service_.limits.response_header_size.count});
  const http::RequestHead& head = request_.head;
  forwarded_.method = head.method;
  forwarded_.method_text = head.method_text;
  forwarded_.target.text =
      upstream::upstream_target(head.target, head.method, candidate.entry->host, request_.arena);
  // RFC 9112 3.2: an HTTP/1.0 client may name no host, but what is forwarded must: the entry's own.
  if (head.authority.empty()) {
    forwarded_.fields.remove(FieldId::host);  // an earlier attempt's
    forwarded_.fields.add(FieldId::host,
                          request_.arena.copy(upstream::host_field(candidate.entry->host)));
  }
  return client.start(forwarded_, request_.body.length());
}

/// Sends the request and reads the head of the response, both at once where there is a body; then
/// brings the response back.
Task<ProxyExchange::Failed> ProxyExchange::converse(Call& call) {
  runtime::Scope sending(surroundings_.loop);
  if (request_.body.length().empty()) {
    // Where this fails, the response, or its absence, tells more.
    (void)co_await call.finish(nullptr);
    attempt_.sent = surroundings_.loop.now();
  } else {
    sending.start(pump_.run(call, attempt_));
  }
  const auto head = co_await read_final_head(call);
  attempt_.received_any = call.received_any();
  if (!head) co_return failed(head.error());
  request_.record.upstream_status = response_.status;
  request_.record.upstream_time = surroundings_.loop.now() - began_;
  attempt_.phase = Phase::relaying;
  if (response_.status == 101) co_return co_await tunnel(call);
  co_return co_await relay_response(call);
}

Task<Result<void>> ProxyExchange::read_final_head(Call& call) {
  for (int interim = 0; interim < interim_max;) {
    auto head = co_await call.read_head(head_deadline());
    if (!head && is_early(head.error())) continue;
    if (!head || !response_.interim() || response_.status == 101) co_return head;
    http1::remove_hop_by_hop(response_.fields);
    response_.fields.remove(FieldId::content_length);  // RFC 9110 8.6
    auto sent = co_await responder_.interim(response_);
    if (!sent) attempt_.client_failed = http::client_write_failure(sent.error());
    if (!sent) co_return sent;
    ++interim;
  }
  co_return fail(Fault::malformed, Side::upstream, "too many interim responses");
}

/// The time for a head begins when the request is sent, and may have begun again meanwhile.
bool ProxyExchange::is_early(const Error& error) const {
  return error.fault == Fault::timed_out && head_deadline() > surroundings_.loop.now();
}

Instant ProxyExchange::head_deadline() const {
  Instant from = attempt_.sent;
  // A client that waits for 100 sends nothing before the origin says something.
  if (from == never && request_.body.awaits_continue()) from = attempt_.head_sent;
  if (from == never) from = surroundings_.loop.now();
  return deadline_after(from, service_.timeouts.response_header);
}

ProxyExchange::Failed ProxyExchange::failed(const Error& error) {
  attempt_.error = error;
  if (attempt_.client_failed) return attempt_.client_failed;
  return http::Failure{.reason = upstream_reason(error, attempt_.phase), .error = error};
}

Task<ProxyExchange::Failed> ProxyExchange::relay_response(Call& call) {
  const BodyLength length = response_length(call);
  response_connection_ = response_.fields.combined(FieldId::connection);
  http1::remove_hop_by_hop(response_.fields);
  response_.fields.remove(FieldId::content_length);
  if (auto started = responder_.start(response_, length); !started)
    return refuse({.reason = Reason::upstream_malformed, .error = started.error()});
  if (call.body_length().kind == BodyLength::Kind::none) return finish(call);
  return relay_body(call);
}

Task<ProxyExchange::Failed> ProxyExchange::refuse(http::Failure failure) { co_return failure; }

/// What is said of the length: of the body that follows, or of the one that HEAD and 304 leave out.
BodyLength ProxyExchange::response_length(const Call& call) const {
  if (request_.head.method != http::Method::head && response_.status != 304)
    return call.body_length();
  const auto stated = http1::content_length(response_.fields);
  return stated ? BodyLength::known(*stated) : BodyLength::none();
}

Task<ProxyExchange::Failed> ProxyExchange::relay_body(Call& call) {
  runtime::Budget pieces(surroundings_.loop, pieces_in_a_row);
  for (;;) {
    auto next = call.read_body();
    if (!next.ready()) {
      // What came so far goes out before the rest is waited for: streams arrive as they are sent.
      if (auto flushed = co_await responder_.flush(); !flushed)
        co_return http::client_write_failure(flushed.error());
    }
    const auto piece = co_await next;
    if (!piece) co_return failed(piece.error());
    if (piece->empty()) co_return co_await finish(call);
    const bool ends = call.body_ended() && trailers_to_forward(call) == nullptr;
    const Last last = ends ? Last::yes : Last::no;
    auto written = co_await responder_.write(*piece, last);
    if (!written) co_return http::client_write_failure(written.error());
    if (ends) co_return std::nullopt;
    if (is_worth_moving(call, responder_)) {
      const Moved moved = co_await move_body(surroundings_.loop, call, responder_);
      if (moved.kind != Moved::Kind::no_pipe) co_return failed(moved);
    }
    if (pieces.spend(pieces_of(piece->size()))) co_await surroundings_.loop.breathe();
  }
}

ProxyExchange::Failed ProxyExchange::failed(const Moved& moved) {
  switch (moved.kind) {
    case Moved::Kind::not_read: return failed(moved.error);
    case Moved::Kind::not_written: return http::client_write_failure(moved.error);
    default: return std::nullopt;
  }
}

Task<ProxyExchange::Failed> ProxyExchange::finish(Call& call) {
  http::Fields trailers(request_.arena);
  if (const http::Fields* const came = trailers_to_forward(call))
    forward_trailers(*came, response_connection_, {}, trailers);
  auto finished = co_await responder_.finish(&trailers);
  if (!finished) co_return http::client_write_failure(finished.error());
  co_return std::nullopt;
}

/// RFC 9110 6.5.1: to a client that said that it takes them.
const http::Fields* ProxyExchange::trailers_to_forward(const Call& call) const {
  const bool wanted = http1::accepts_trailers(request_.head.fields);
  return wanted && call.trailers().count() > 0 ? &call.trailers() : nullptr;
}

Task<ProxyExchange::Failed> ProxyExchange::tunnel(Call& call) {
  if (request_.upgrade.empty() || !http1::switches_to(response_, request_.upgrade))
    co_return failed({Fault::malformed, Side::upstream, 0, "101 to what nobody asked for"});
  http1::remove_hop_by_hop(response_.fields);
  response_.fields.remove(FieldId::content_length);  // RFC 9110 8.6
  auto tunnel = co_await responder_.upgrade(response_);
  if (!tunnel) co_return http::client_write_failure(tunnel.error());
  co_return co_await relay_tunnel(surroundings_.loop, **tunnel, call,
                                  service_.timeouts.tunnel_idle);
}

}  // namespace minato::proxy
