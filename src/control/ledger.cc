#include "control/ledger.h"

#include <array>
#include <optional>

#include "control/site.h"

namespace minato::control {
namespace {

using connection::ExchangeEnd;
using http::FieldId;
using http::Reason;
using observe::Counter;

std::string_view version_text(http::Version version) {
  return version == http::Version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1";
}

observe::AccessLine line_of(const ExchangeEnd& end) {
  const http::RequestHead& head = end.head;
  const bool understood = !head.method_text.empty();
  return {.time = end.began,
          .id = end.id.text(),
          .client = end.client.address,
          .peer = end.client.peer,
          .scheme = end.client.scheme == http::Scheme::https ? "https" : "http",
          .method = head.method_text,
          .target = head.target.text,
          .version = understood ? version_text(head.version) : std::string_view{},
          .host = head.authority,
          .referer = head.fields.value(FieldId::referer),
          .user_agent = head.fields.value(FieldId::user_agent),
          .bytes_in = end.received_bytes,
          .status = end.status,
          .bytes_out = end.sent_body_bytes,
          .reason = end.record.reason == http::Reason::none ? std::string_view{}
                                                            : http::row(end.record.reason).name,
          .duration = end.duration,
          .first_byte = end.status != 0 ? end.first_byte : Nanos{0},
          .cache = end.record.cache_text,
          .service = end.record.service,
          .endpoint = end.record.endpoint,
          .attempts = end.record.attempts,
          .upstream_status = end.record.upstream_status,
          .upstream_duration = end.record.upstream_time};
}

/// What the program log says of exchanges that failed: each row once in a while, since the access
/// log has every exchange.
struct Trouble {
  observe::LogLevel level;
  std::string_view event;
  std::string_view message;
};

using enum observe::LogLevel;
constexpr Millis trouble_interval = 10s;
constexpr std::array troubles = {
    Trouble{info, "exchange.client_gone", "clients went away before their answer was complete"},
    Trouble{warn, "exchange.upstream_broken", "endpoints broke connections off"},
    Trouble{warn, "exchange.upstream_slow", "endpoints did not answer in time"},
    Trouble{warn, "exchange.upstream_malformed", "endpoints sent what is not well-formed HTTP"},
    Trouble{warn, "exchange.stale_forbidden",
            "endpoints gave no answer, and what is stored must be validated first"},
    Trouble{warn, "exchange.out_of_resources",
            "requests were refused: no descriptors are left for connections to endpoints"},
    Trouble{error, "exchange.failed", "requests failed here"},
};

/// The row of a reason; none where it is the business of who asked alone, or said elsewhere: that
/// an endpoint is down, that a name does not resolve.
std::optional<std::size_t> trouble_of(Reason reason) {
  switch (reason) {
    case Reason::client_gone:
    case Reason::client_too_slow: return 0;
    case Reason::upstream_closed:
    case Reason::upstream_reset:
    case Reason::upstream_truncated: return 1;
    case Reason::upstream_timeout:
    case Reason::upstream_idle: return 2;
    case Reason::upstream_malformed:
    case Reason::upstream_head_too_large: return 3;
    case Reason::stale_forbidden: return 4;
    case Reason::out_of_resources: return 5;
    case Reason::internal: return 6;
    default: return std::nullopt;
  }
}

/// A tunnel has no end of its own that it could miss: what broke it tells.
bool is_cut(const ExchangeEnd& end) {
  return !end.whole || (end.status == 101 && end.record.reason != Reason::none);
}

/// Where the exchange's line goes; null: nowhere.
const observe::AccessTarget* target_of(const ExchangeEnd& end) {
  // Every front of a worker's server is a site's: control alone makes them.
  const Snapshot& snapshot = static_cast<const SiteFront&>(end.front).site().snapshot();
  const auto route = end.record.route;
  return route == http::Record::no_route ? snapshot.access.get()
                                         : snapshot.services[route].access.get();
}

}  // namespace

Ledger::Ledger(const Parts& parts, unsigned worker)
    : parts_(parts),
      said_(troubles.size(), observe::Throttle(trouble_interval)),
      access_(parts.access_log, worker, parts.counters),
      flush_(parts.loop.timers(), *this) {}

void Ledger::connection_opened() { parts_.counters.add(Counter::connections_open); }

void Ledger::connection_closed() {
  parts_.counters.subtract(Counter::connections_open);
  if (parts_.quota.give()) parts_.slots.slot_freed();
}

void Ledger::exchange_began() { parts_.counters.add(Counter::requests_in_flight); }

void Ledger::exchange_ended(const ExchangeEnd& end) {
  count(end);
  if (end.record.reason != Reason::none) say_why(end);
  write_access(end);
}

void Ledger::count(const ExchangeEnd& end) {
  observe::Counters& counters = parts_.counters;
  counters.add(Counter::requests);
  counters.subtract(Counter::requests_in_flight);
  if (is_cut(end)) counters.add(Counter::exchanges_cut);
  if (end.status != 0) counters.add(observe::responses_of(end.status));
  if (end.status == 101 && end.whole) counters.add(Counter::upgrades);
  if (end.record.attempts > 1) counters.add(Counter::retries, end.record.attempts - 1u);
  if (end.record.cache == http::CacheUse::hit) counters.add(Counter::cache_hits);
  if (end.record.cache == http::CacheUse::miss) counters.add(Counter::cache_misses);
  counters.add(Counter::bytes_in, end.received_bytes);
  counters.add(Counter::bytes_out, end.sent_bytes);
}

void Ledger::say_why(const ExchangeEnd& end) {
  const auto row = trouble_of(end.record.reason);
  if (!row) return;
  const auto times = said_[*row].count(parts_.loop.now());
  if (!times) return;
  const auto& [level, event, message] = troubles[*row];
  parts_.log.say(level, event, message,
                 {{"times", *times},
                  {"reason", http::row(end.record.reason).name},
                  {"service", end.record.service},
                  {"endpoint", end.record.endpoint}});
}

void Ledger::write_access(const ExchangeEnd& end) {
  const observe::AccessTarget* const target = target_of(end);
  if (target == nullptr) return;
  access_.write(*target, line_of(end), parts_.loop.now());
  if (!flush_.armed()) flush_.arm(access_.due());
}

void Ledger::flush() {
  access_.flush_due(parts_.loop.now());
  flush_.arm(access_.due());
}

}  // namespace minato::control
