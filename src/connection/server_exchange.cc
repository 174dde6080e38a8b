#include "connection/server_exchange.h"

#include "base/strings.h"
#include "connection/client_identity.h"
#include "connection/until_gone.h"
#include "http/answer.h"
#include "http1/connection_fields.h"
#include "http1/framing.h"

namespace minato::connection {

using http::Outcome;
using http::Reason;

namespace {

/// A body that nobody wanted is read to its end where that is at most this much, so that the
/// connection can go on.
constexpr std::uint64_t discard_bytes_max = 256u << 10;
constexpr Millis discard_idle = 2s;
/// In all: longer than a slow sender needs, and not for ever.
constexpr Millis discard_time = 120s;

http1::HeadLimits head_limits(const ServerLimits& limits) {
  return {.head_bytes = limits.request_header_size.count,
          .field_count = limits.request_header_count,
          .target_bytes = limits.request_target.count};
}

/// RFC 9110 10.1.1: an HTTP/1.0 client does not know the expectation.
bool expects_continue(const http::RequestHead& head) {
  return head.version != http::Version::http_1_0 &&
         iequals(head.fields.value(http::FieldId::expect), "100-continue");
}

}  // namespace

ServerExchange::ServerExchange(ServerConnection& connection)
    : connection_(connection),
      stream_(*connection.stream_),
      buffer_(connection.buffer_),
      front_(connection.port_->front),
      began_wall_(stream_.loop().wall()),
      began_(stream_.loop().now()),
      arena_(stream_.loop().blocks()),
      head_(arena_),
      body_(stream_, buffer_, arena_),
      responder_(stream_, buffer_, body_, connection.server_.date_,
                 {.request = head_, .rules = rules_, .connection = connection}) {}

ServerExchange::~ServerExchange() {
  const bool whole = responder_.complete();
  const bool dropped = responder_.tunneled() ? !tunnel_ended_ : !whole;
  // Nothing else ends an exchange without saying why.
  if (dropped && record_.reason == Reason::none) record_.reason = Reason::shutting_down;
  if (noteworthy_) {
    connection_.server_.witness_.exchange_ended({.front = *front_,
                                                 .head = head_,
                                                 .client = client_,
                                                 .record = record_,
                                                 .id = id_,
                                                 .began = began_wall_,
                                                 .duration = stream_.loop().now() - began_,
                                                 .first_byte = responder_.started_at() - began_,
                                                 .status = responder_.status(),
                                                 .received_bytes = body_.bytes(),
                                                 .sent_bytes = responder_.bytes(),
                                                 .sent_body_bytes = responder_.body_bytes(),
                                                 .whole = whole});
  }
  // However it ends, by a drain whose time is over too: what was begun and is not whole must not
  // pass for complete.
  if (responder_.started() && !whole && responder_.ends_by_close()) stream_.reset_on_close();
  buffer_.unpin();
}

Task<Next> ServerExchange::run(ServerConnection& connection) {
  ServerExchange exchange(connection);
  const Head head = co_await exchange.read_head();
  switch (head) {
    case Head::gone: co_return Next::close;
    case Head::refused: co_return co_await exchange.answer_failure();
    case Head::complete: co_return co_await exchange.answer_request();
  }
  std::unreachable();
}

Task<ServerExchange::Head> ServerExchange::read_head() {
  const http1::HeadLimits limits = head_limits(front_->limits);
  http1::RequestParser parser(head_, limits);
  const Instant until = deadline_after(began_, front_->timeouts.request_header);
  for (;;) {
    const auto progress = parser.feed(buffer_.unread());
    if (parser.started()) note();
    if (progress == http1::Progress::refused)
      co_return refuse_head(parser.refusal().reason, parser.refusal().detail);
    if (progress == http1::Progress::done) break;
    if (buffer_.room_for_head().empty()) {
      if (!buffer_.grow(limits.head_bytes))
        co_return refuse_head(Reason::head_too_large, "the head is over the limit");
      parser.reset();
      continue;
    }
    const auto count = co_await stream_.read(buffer_.room_for_head(), until);
    if (count && *count > 0) {
      buffer_.received(*count);
      continue;
    }
    if (!count && count.error().fault == Fault::timed_out && parser.started())
      co_return refuse_head(Reason::request_timeout, "the head did not come in time");
    record_.reason = Reason::client_gone;
    co_return Head::gone;
  }
  buffer_.consume(parser.head_size());
  buffer_.pin();
  co_return accept_head() ? Head::complete : Head::refused;
}

void ServerExchange::note() {
  if (!std::exchange(noteworthy_, true)) connection_.server_.witness_.exchange_began();
}

ServerExchange::Head ServerExchange::refuse_head(Reason reason, const char* detail) {
  note();
  refused_ = true;
  failure_ = {.reason = reason, .error = {Fault::malformed, Side::downstream, 0, detail}};
  return Head::refused;
}

bool ServerExchange::accept_head() {
  const auto length = http1::request_body_length(head_);
  if (!length) {
    refuse_head(length.error().reason, length.error().detail);
    return false;
  }
  body_.begin(*length, rules_, expects_continue(head_));
  keep_alive_ = http1::keep_alive(head_);
  return true;
}

Task<Next> ServerExchange::answer_request() {
  client_ = client();
  id_ = make_id();
  responder_.allow_keep_alive(keep_alive_);
  http::Request request{.head = head_,
                        .body = body_,
                        .client = client_,
                        .id = id_,
                        .upgrade = http1::wanted_upgrade(head_),
                        .rules = rules_,
                        .record = record_,
                        .arena = arena_};
  auto outcome = co_await until_gone(stream_, front_->handler().handle(request, responder_));
  if (outcome) co_return co_await conclude(*outcome);
  record_.reason = Reason::client_gone;
  co_return Next::close;
}

Task<Next> ServerExchange::conclude(Outcome outcome) {
  if (outcome) {
    tunnel_ended_ = responder_.tunneled();
    if (tunnel_ended_) co_return Next::close;
    if (responder_.complete()) co_return co_await after_response();
    outcome = std::unexpected(http::Failure{Reason::internal});
  }
  failure_ = outcome.error();
  record_.reason = failure_.reason;
  if (responder_.started()) co_return Next::close;
  if (http::row(failure_.reason).status == 0)
    co_return Next::close;  // nobody is there to be answered
  co_return co_await answer_failure();
}

Task<Next> ServerExchange::answer_failure() {
  record_.reason = failure_.reason;
  if (id_.empty()) id_ = make_id();
  if (client_.address.empty()) client_ = client();
  responder_.allow_keep_alive(keep_alive_ && body_.buffered());
  http::ResponseHead answer(arena_);
  const auto body = http::compose_answer(
      {.reason = failure_.reason,
       .detail = failure_.error.detail,
       .format = http::preferred_format(head_.fields.value(http::FieldId::accept)),
       .request_id = id_,
       .request_id_field = front_->request_id_field,
       .retry_after = failure_.retry_after},
      answer);
  if (!record_.cache_status.empty())
    answer.fields.add(http::FieldId::cache_status, record_.cache_status);
  if (!responder_.start(answer, http::BodyLength::known(body.size()))) co_return Next::close;
  const auto sent = co_await responder_.write(body, http::Last::yes);
  if (!sent) co_return Next::close;
  co_return co_await after_response();
}

Task<Next> ServerExchange::after_response() {
  if (!responder_.keeps_alive()) co_return may_still_send() ? Next::linger : Next::close;
  if (body_.ended()) co_return Next::keep;
  const bool discarded = co_await discard_body();
  co_return discarded ? Next::keep : Next::linger;
}

/// To close a connection with unread bytes in it would reset it, and take the answer with it.
bool ServerExchange::may_still_send() const {
  return refused_ || !body_.ended() || !buffer_.empty() || !stream_.untouched();
}

Task<bool> ServerExchange::discard_body() {
  rules_.idle = discard_idle;
  body_.begin_discard();
  const Instant until = stream_.loop().now() + discard_time;
  while (body_.bytes() < discard_bytes_max && stream_.loop().now() < until) {
    const auto piece = co_await body_.read();
    if (!piece) co_return false;
    if (piece->empty()) co_return true;
  }
  co_return false;
}

http::Client ServerExchange::client() {
  return identify_client({.address = connection_.peer_, .text = connection_.peer_text_},
                         head_.fields, *front_, connection_.port_->number);
}

std::string_view ServerExchange::make_id() {
  return request_id(head_.fields, client_, *front_, stream_.loop().random(), arena_);
}

}  // namespace minato::connection
