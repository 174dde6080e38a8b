#include "scenario/ledger.h"

#include <fmt/core.h>

#include <algorithm>

namespace minato::scenario {
namespace {

const char* word(Direction direction) {
  return direction == Direction::request ? "request" : "response";
}

bool has_trailers(const BodyPlan& body) {
  return body.style == Framing::Kind::chunked && body.trailers;
}

bool fails_unseen(Mishap mishap) {
  return mishap == Mishap::reset_at_once || mishap == Mishap::close_at_once;
}

}  // namespace

const ExchangePlan& Ledger::add(ExchangePlan plan) {
  Entry& entry = entries_[plan.id];
  entry.plan = std::move(plan);
  return entry.plan;
}

const ExchangePlan* Ledger::request_arrived(const Head& head, int& attempt) {
  const auto found = entries_.find(std::atoi(head.value("x-exchange").c_str()));
  if (found == entries_.end() || !found->second.begun) {
    violate("an origin got what nobody sent: " + head.start_line);
    return nullptr;
  }
  Entry& entry = found->second;
  const ExchangePlan& plan = entry.plan;
  attempt = ++entry.attempts;
  if (attempt > 1 && !plan.request.idempotent())
    violate(fmt::format("{}: {} was sent {} times", plan.id, plan.request.method, attempt));
  if (head.word(0) != plan.request.method || head.word(1) != fmt::format("/exchange/{}", plan.id))
    violate(fmt::format("{}: arrived as {}", plan.id, head.start_line));
  for (const auto name : {"host", "x-exchange"})
    if (head.count(name) != 1) violate(fmt::format("{}: not one {}", plan.id, name));
  if (Framing::of_request(head).kind == Framing::Kind::wrong)
    violate(fmt::format("{}: the request is framed wrong", plan.id));
  check_fields({plan.id, Direction::request, 0}, plan.request.fields, head);
  return &plan;
}

void Ledger::request_body(int id, std::size_t offset, std::string_view bytes) {
  check_bytes({id, Direction::request, 0}, entries_.at(id).plan.request.body, offset, bytes);
}

void Ledger::request_ended(int id, int attempt, std::size_t bytes, Ending ending,
                           const Head& trailers) {
  const Entry& entry = entries_.at(id);
  if (ending == Ending::complete) {
    const BodyKey key{id, Direction::request, 0};
    check_complete(key, entry.plan.request.body, bytes);
    check_trailers(key, has_trailers(entry.plan.request.body), trailers);
  }
  // Who has its answer already may leave the rest of the body unsent.
  const bool answered = entry.plan.response.early || entry.settled;
  const bool excused = excuses_.broken_links || entry.given_up || answered ||
                       entry.plan.response.mishap(attempt) != Mishap::none;
  if (ending == Ending::wrong || (ending == Ending::cut && !excused))
    violate(fmt::format("{}: the request was cut after {} bytes", id, bytes));
}

void Ledger::not_connected(int id) {
  if (!excuses_.broken_links) violate(fmt::format("{}: no connection was taken", id));
}

void Ledger::request_begun(int id) {
  entries_.at(id).begun = true;
  ++begun_;
}

void Ledger::given_up(int id) { entries_.at(id).given_up = true; }

void Ledger::interim_arrived(int id, const Head& head) {
  Entry& entry = entries_.at(id);
  if (head.status() == 100) return;
  ++entry.hints;
  if (head.status() != 103 || head.values("link") != std::vector{hint(id)})
    violate(fmt::format("{}: got another's {}", id, head.start_line));
}

int Ledger::response_arrived(int id, const Head& head) {
  Entry& entry = entries_.at(id);
  if (entry.settled || !entry.begun) violate(fmt::format("{}: a response too many", id));
  entry.settled = true;
  ++answered_;
  if (head.count("x-exchange") == 0) {
    if (excuses_.no_proxy || head.status() < 400 || !may_fail(entry))
      violate(fmt::format("{}: {} without a cause ({})", id, head.start_line,
                          head.value("proxy-status")));
    return 0;
  }
  const int attempt = std::atoi(head.value("x-attempt").c_str());
  if (head.count("x-exchange") != 1 || head.value("x-exchange") != std::to_string(id))
    violate(fmt::format("{}: got the answer to {}", id, head.value("x-exchange")));
  if (head.status() != entry.plan.response.status)
    violate(fmt::format("{}: {} became {}", id, entry.plan.response.status, head.start_line));
  const Mishap mishap = entry.plan.response.mishap(attempt);
  if (attempt < 1 || attempt > entry.attempts ||
      (mishap != Mishap::none && mishap != Mishap::cut_body))
    violate(fmt::format("{}: a response to attempt {}, which got none", id, attempt));
  check_fields({id, Direction::response, attempt}, entry.plan.response.fields, head);
  check_hints(entry, attempt);
  return attempt;
}

void Ledger::response_body(int id, int attempt, std::size_t offset, std::string_view bytes) {
  if (attempt == 0) return;
  const BodyPlan& body = entries_.at(id).plan.response.body;
  check_bytes({id, Direction::response, attempt}, body, offset, bytes);
}

void Ledger::response_ended(int id, int attempt, std::size_t bytes, Ending ending,
                            const Head& trailers) {
  const Entry& entry = entries_.at(id);
  const ResponsePlan& response = entry.plan.response;
  if (ending == Ending::wrong) return violate(fmt::format("{}: the response is no HTTP", id));
  if (ending == Ending::cut) {
    if (!may_fail(entry))
      violate(fmt::format("{}: the response was cut after {} bytes", id, bytes));
    return;
  }
  if (attempt == 0) return;
  ++completed_;
  if (response.mishap(attempt) == Mishap::cut_body)
    violate(fmt::format("{}: a truncated response is passed off as complete", id));
  const BodyPlan body = has_response_body(entry.plan) ? response.body : BodyPlan{};
  check_complete({id, Direction::response, attempt}, body, bytes);
  // RFC 9110 6.5.1: a proxy drops them where they are not asked for.
  const RequestPlan& request = entry.plan.request;
  const bool wanted = excuses_.no_proxy || (request.takes_trailers && !request.http_1_0);
  check_trailers({id, Direction::response, attempt}, wanted && has_trailers(body), trailers);
}

void Ledger::unanswered(int id) {
  Entry& entry = entries_.at(id);
  entry.settled = true;
  if (!may_go_unanswered(entry)) violate(fmt::format("{}: the connection ended unanswered", id));
}

void Ledger::close() {
  for (const auto& [id, entry] : entries_)
    if (entry.begun && !entry.settled && !entry.given_up) violate(fmt::format("{}: was lost", id));
}

bool Ledger::may_go_unanswered(const Entry& entry) const {
  if (excuses_.broken_links || entry.given_up) return true;
  const std::vector<Mishap>& mishaps = entry.plan.response.mishaps;
  // A proxy that must cut a response may do so with a reset, which overtakes what was sent of it.
  if (std::ranges::count(mishaps, Mishap::cut_body) > 0) return true;
  return excuses_.no_proxy && (excuses_.stale_connections || !mishaps.empty());
}

/// Where an exchange must not fail: nothing went wrong, or all that did is to be tried again.
bool Ledger::may_fail(const Entry& entry) const {
  if (excuses_.broken_links || entry.given_up) return true;
  const RequestPlan& request = entry.plan.request;
  const std::vector<Mishap>& mishaps = entry.plan.response.mishaps;
  // Whether a chunked body is empty is seen only by reading it; and the 100 that was expected is
  // a response already.
  const bool bodiless = request.body.bytes == 0 && request.body.style != Framing::Kind::chunked &&
                        !request.expects_continue;
  const bool repeatable = request.idempotent() && bodiless && !excuses_.no_proxy;
  if (excuses_.stale_connections && !repeatable) return true;
  if (mishaps.empty()) return false;
  return !repeatable || !std::ranges::all_of(mishaps, fails_unseen) ||
         static_cast<int>(mishaps.size()) > excuses_.retries;
}

void Ledger::check_bytes(BodyKey key, const BodyPlan& body, std::size_t offset,
                         std::string_view bytes) {
  if (offset + bytes.size() > body.bytes)
    return violate(fmt::format("{}: the {} has bytes too many", key.id, word(key.direction)));
  for (std::size_t at = 0; at < bytes.size(); ++at)
    if (bytes[at] != body_byte(key, offset + at))
      return violate(
          fmt::format("{}: the {} is wrong at byte {}", key.id, word(key.direction), offset + at));
}

void Ledger::check_fields(BodyKey key, bool planned, const Head& head) {
  const auto own = planned ? own_values(key) : std::vector<std::string>();
  if (head.values("x-own") != own)
    violate(fmt::format("{}: the fields of the {} are not as they were sent", key.id,
                        word(key.direction)));
  if (!excuses_.no_proxy && head.count(one_hop_name) != 0)
    violate(fmt::format("{}: the {} has {}, which was not for it", key.id, word(key.direction),
                        one_hop_name));
}

/// RFC 9110 15.2: a proxy sends none to an HTTP/1.0 client. Before a body that is cut there is
/// none.
void Ledger::check_hints(const Entry& entry, int attempt) {
  const ExchangePlan& plan = entry.plan;
  const bool due = plan.response.mishap(attempt) == Mishap::none &&
                   (excuses_.no_proxy || !plan.request.http_1_0);
  if (entry.hints != (due ? plan.response.interims : 0))
    violate(fmt::format("{}: {} interim responses became {}", plan.id, plan.response.interims,
                        entry.hints));
}

void Ledger::check_complete(BodyKey key, const BodyPlan& body, std::size_t bytes) {
  if (bytes != body.bytes)
    violate(fmt::format("{}: the {} has {} bytes instead of {}", key.id, word(key.direction), bytes,
                        body.bytes));
}

void Ledger::check_trailers(BodyKey key, bool due, const Head& trailers) {
  for (const auto& [name, value] : trailers.fields)
    if (name != "X-Trailer" || value != trailer_value(key))
      violate(fmt::format("{}: the {} got the trailer {}: {}", key.id, word(key.direction), name,
                          value));
  if (trailers.fields.size() != (due ? 1 : 0))
    violate(fmt::format("{}: the {} got {} trailers", key.id, word(key.direction),
                        trailers.fields.size()));
}

}  // namespace minato::scenario
