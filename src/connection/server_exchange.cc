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
      parser_(head_, head_limits(front_->limits)),
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
  if (head == Head::gone) co_return Next::close;
  if (head == Head::refused) co_return co_await exchange.answer_failure();
  const auto outcome = co_await until_gone(exchange.stream_, exchange.handle());
  co_return co_await exchange.conclude(outcome);
}

/// Most heads are there, whole, when they are looked for.
Soon<ServerExchange::Head> ServerExchange::read_head() {
  for (;;) {
    if (const auto head = parse()) return *head;
    const auto count = stream_.read_now(buffer_.room_for_head());
    if (!count) return wait_for_head();
    if (const auto end = received(*count)) return *end;
  }
}

Task<ServerExchange::Head> ServerExchange::wait_for_head() {
  const Instant until = deadline_after(began_, front_->timeouts.request_header);
  for (;;) {
    const auto count = co_await stream_.read(buffer_.room_for_head(), until);
    if (const auto end = received(count)) co_return *end;
    if (const auto head = parse()) co_return *head;
  }
}

/// What is made of the bytes that are there; nullopt where more must come, for which there is room.
std::optional<ServerExchange::Head> ServerExchange::parse() {
  for (;;) {
    const auto progress = parser_.feed(buffer_.unread());
    if (parser_.started()) note();
    if (progress == http1::Progress::refused)
      return refuse_head(parser_.refusal().reason, parser_.refusal().detail);
    if (progress == http1::Progress::done) return accept_head();
    if (!buffer_.room_for_head().empty()) return std::nullopt;
    if (!buffer_.grow(front_->limits.request_header_size.count))
      return refuse_head(Reason::head_too_large, "the head is over the limit");
    parser_.reset();
  }
}

/// What a read came to where it brought nothing.
std::optional<ServerExchange::Head> ServerExchange::received(Result<std::size_t> count) {
  if (count && *count > 0) {
    buffer_.received(*count);
    return std::nullopt;
  }
  if (!count && count.error().fault == Fault::timed_out && parser_.started())
    return refuse_head(Reason::request_timeout, "the head did not come in time");
  record_.reason = Reason::client_gone;
  return Head::gone;
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

ServerExchange::Head ServerExchange::accept_head() {
  buffer_.consume(parser_.head_size());
  buffer_.pin();
  const auto length = http1::request_body_length(head_);
  if (!length) return refuse_head(length.error().reason, length.error().detail);
  body_.begin(*length, rules_, expects_continue(head_));
  keep_alive_ = http1::keep_alive(head_);
  return Head::complete;
}

Task<Outcome> ServerExchange::handle() {
  client_ = client();
  id_ = make_id();
  responder_.allow_keep_alive(keep_alive_);
  request_.emplace(http::Request{.head = head_,
                                 .body = body_,
                                 .client = client_,
                                 .id = id_,
                                 .upgrade = http1::wanted_upgrade(head_),
                                 .rules = rules_,
                                 .record = record_,
                                 .arena = arena_});
  return front_->handler().handle(*request_, responder_);
}

/// `outcome` is nullopt where the client broke the connection.
Soon<Next> ServerExchange::conclude(const std::optional<Outcome>& outcome) {
  const bool gone = !outcome.has_value(), handled = outcome && *outcome;
  if (handled) {
    tunnel_ended_ = responder_.tunneled();
    if (tunnel_ended_) return Next::close;
    if (responder_.complete()) return after_response();
  }
  failure_ = gone      ? http::Failure{Reason::client_gone}
             : handled ? http::Failure{Reason::internal}
                       : outcome->error();
  record_.reason = failure_.reason;
  const bool hears_us = !gone && !responder_.started() && http::row(failure_.reason).status != 0;
  if (!hears_us) return Next::close;
  return answer_failure();
}

Task<Next> ServerExchange::answer_failure() {
  record_.reason = failure_.reason;
  if (id_.is_none()) id_ = make_id();
  if (client_.address.empty()) client_ = client();
  responder_.allow_keep_alive(keep_alive_ && body_.buffered());
  http::ResponseHead answer(arena_);
  const auto body = http::compose_answer(
      {.reason = failure_.reason,
       .detail = failure_.error.detail,
       .format = http::preferred_format(head_.fields.value(http::FieldId::accept)),
       .request_id = id_.text(),
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

Soon<Next> ServerExchange::after_response() {
  if (!responder_.keeps_alive()) return may_still_send() ? Next::linger : Next::close;
  if (body_.ended()) return Next::keep;
  return discard_body();
}

/// To close a connection with unread bytes in it would reset it, and take the answer with it.
bool ServerExchange::may_still_send() const {
  return refused_ || !body_.ended() || !buffer_.empty() || !stream_.untouched();
}

Task<Next> ServerExchange::discard_body() {
  rules_.idle = discard_idle;
  body_.begin_discard();
  const Instant until = stream_.loop().now() + front_->linger.total;
  while (body_.bytes() < discard_bytes_max && stream_.loop().now() < until) {
    const auto piece = co_await body_.read();
    if (!piece) break;
    if (piece->empty()) co_return Next::keep;
  }
  co_return Next::linger;
}

http::Client ServerExchange::client() {
  return identify_client({.address = connection_.peer_, .text = connection_.peer_text_},
                         head_.fields, *front_, connection_.port_->number);
}

http::RequestId ServerExchange::make_id() {
  return request_id(head_.fields, client_, *front_, stream_.loop().random(), arena_);
}

}  // namespace minato::connection
