// How an exchange asks the origin for itself alone.
#include "cache/exchange.h"
#include "cache/fill/fill_request.h"
#include "cache/fill/tee.h"

namespace minato::cache {

using http::FieldId;
using http::Method;
using http::Outcome;
using Kind = Ruling::Kind;

/// What is not to be had from an answer to another, or has no good answer for others.
bool CacheExchange::asks_alone() const {
  const http::Fields& fields = request_.head.fields;
  const bool has_own_range = fields.has(FieldId::range) && !may_share_range();
  const bool own = facts_.method == Method::head || has_own_range || facts_.directives.no_cache ||
                   facts_.directives.no_store || why_forwarded_ == Forwarded::request;
  return alone_ || own || !rules_.options().collapse.enabled || is_known_uncacheable();
}

/// Who says If-Range would have the whole where that is another by now, and no others would.
bool CacheExchange::may_share_range() const {
  const http::Fields& fields = request_.head.fields;
  return facts_.method == Method::get && fields.count_of(FieldId::range) == 1 &&
         !fields.has(FieldId::if_range);
}

/// The Range that all who ask for the same one may share. Empty: none; of what is stored whole all
/// of it is asked about.
std::string_view CacheExchange::wanted_range() const {
  const bool is_of_whole = stored_ && !stored_->part;
  if (!may_share_range() || is_of_whole) return {};
  return request_.head.fields.value(FieldId::range);
}

/// What of that the origin is asked for: of parts that are there it is the rest.
std::string_view CacheExchange::shared_range() const {
  return completion_ ? std::string_view{} : wanted_range();
}

bool CacheExchange::is_known_uncacheable() const {
  const Uncacheable::Asking asking{.key = key_.hash, .naming = facts_.naming()};
  const Uncacheable& known = cache_.uncacheable();
  const auto range = wanted_range();
  if (range.empty()) return known.knows(asking, now());
  return known.knows(asking.for_ranges(), now()) || known.knows(asking.for_range(range), now());
}

/// What a HEAD tells of, besides what is stored whole (RFC 9111 4.3.5).
Pin CacheExchange::heads_part() const { return facts_.method == Method::head ? part_ : Pin{}; }

Asked CacheExchange::asked_alone() const {
  return {.cache = cache_,
          .rules = rules_,
          .key = key_,
          .request = request_.head,
          .facts = facts_,
          .validated = stored_ ? stored_ : heads_part(),
          .stale_on_error = serves_on_error(),
          .sent = now(),
          .purges_before = cache_.store().purges(),
          .reader = surroundings_.reader,
          .configured = configured_,
          .elsewhere = &surroundings_.elsewhere};
}

Task<CacheExchange::Round> CacheExchange::ask_alone() {
  Asked asked = asked_alone();
  Tee tee(surroundings_.fills, asked, forwarded_status(), surroundings_.name, responder_, request_);
  const Outcome outcome = co_await send_alone(tee);
  CacheStatus status = forwarded_status();
  status.forwarded_status = tee.origin_status();
  const bool has_failed = !outcome && is_origin_error(outcome.error()) && !responder_.started();
  const bool is_error = tee.ruling() && tee.ruling()->kind == Kind::error;  // however it ended
  if (is_error || (has_failed && may_serve_stale())) co_return co_await serve_stale(status);
  if (!outcome && !tee.ruling()) co_return std::unexpected(told_of(outcome.error()));
  if (!outcome || !tee.ruling()) co_return outcome;
  switch (tee.ruling()->kind) {
    case Kind::pass:
    case Kind::store:
    case Kind::error: break;
    case Kind::contested: cache_.store().remove(*stored_); co_return std::nullopt;
    case Kind::confirmed: co_return co_await serve_confirmed(*tee.ruling(), status);
  }
  co_return outcome;
}

/// As the client sent it, or as a question whether what is stored still holds (RFC 9111 4.3.1).
Task<Outcome> CacheExchange::send_alone(http::Responder& answer_to) {
  if (!stored_ || facts_.method != Method::get)
    co_return co_await handler_.origin().handle(request_, answer_to);
  http::RequestHead head(request_.arena);
  compose_fill_request(request_.head, &*stored_, head);
  http::Request conditional{.head = head,
                            .body = request_.body,
                            .client = request_.client,
                            .id = request_.id,
                            .upgrade = request_.upgrade,
                            .rules = request_.rules,
                            .record = request_.record,
                            .arena = request_.arena};
  co_return co_await handler_.origin().handle(conditional, answer_to);
}

Task<Outcome> CacheExchange::serve_confirmed(const Ruling& ruling, CacheStatus status) {
  const Pin& entry = ruling.entry;
  entry->touch(surroundings_.fills.next_tick());
  say_stored(*entry, ruling.is_updated, status);
  const Answer with{.entry = *entry,
                    .age = current_age(entry->facts.freshness, now()),
                    .status = status,
                    .withheld = ruling.withheld};
  co_return co_await answer_with(with);
}

}  // namespace minato::cache
