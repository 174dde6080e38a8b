#include "cache/exchange.h"

#include <array>

#include "base/assert.h"
#include "cache/policy/conditional.h"
#include "http/status.h"

namespace minato::cache {

using http::FieldId;
using http::Method;
using http::Outcome;
using http::Reason;

namespace {

bool is_of_request(Why why) {
  return why == Why::request_no_cache || why == Why::request_max_age ||
         why == Why::request_min_fresh;
}

/// No head came: what the origin says is not known. One that is at its limit is no such case: 503
/// tells more of it, and when to come again.
bool gave_no_answer(Reason reason) {
  switch (reason) {
    case Reason::no_usable_endpoint:
    case Reason::name_not_resolved:
    case Reason::connect_refused:
    case Reason::connect_timeout:
    case Reason::connect_unroutable:
    case Reason::connect_failed:
    case Reason::upstream_closed:
    case Reason::upstream_reset:
    case Reason::upstream_timeout: return true;
    default: return false;
  }
}

/// Range is of GET alone (RFC 9110 14.2): a HEAD is not answered with a part, and tells of the
/// newest, whatever range it names.
Store::Found find_for(const http::RequestHead& head, Store& store, const Key& key,
                      std::size_t reader) {
  const http::Fields& fields = head.fields;
  if (head.method != Method::head || !fields.has(FieldId::range))
    return store.find(key, fields, reader);
  http::Fields others(fields.arena());
  fields.for_each([&](const http::Field& line) {
    if (line.id != FieldId::range) others.append(line);
  });
  return store.find(key, others, reader);
}

}  // namespace

CacheExchange::CacheExchange(const CacheHandler& handler, http::Request& request,
                             http::Responder& responder)
    : handler_(handler),
      surroundings_(handler.surroundings()),
      cache_(handler.cache()),
      rules_(handler.rules()),
      request_(request),
      responder_(responder),
      facts_(request_facts(request.head)),
      key_(make_key(request.client.scheme, request.head, rules_.key(), cache_.store().seed(),
                    request.arena)),
      configured_(rules_.request(request.head, request.arena)),
      writes_(surroundings_.loop, steps_in_a_row) {}

std::optional<Soon<Result<void>>> CacheExchange::plain_hit() {
  if (facts_.method != Method::get || configured_.bypasses) return std::nullopt;
  found_ = cache_.store().find(key_, request_.head.fields, surroundings_.reader);
  if (!found_->entry || !is_plain(*found_->entry)) return std::nullopt;
  Entry& entry = *found_->entry;
  const bool purged = entry.marked_stale.load(std::memory_order_relaxed);
  const ReuseRules rules = rules_.reuse(entry.facts.status, configured_.forced);
  if (!rules_.may_use(entry.facts, rules)) return std::nullopt;
  decision_ = decide(entry.facts, facts_.directives, rules, purged, now());
  const Decision& decision = *decision_;
  if (decision.use != Use::serve || decision.why != Why::fresh) return std::nullopt;
  http::ResponseHead head(request_.arena);
  head.status = entry.facts.status;
  head.reason = http::reason_phrase(head.status);
  head.prepared = {entry.text, say_hit(decision.age, decision.ttl(), rules_, surroundings_.name,
                                       request_.arena, request_.record)};
  if (!responder_.start(head, http::BodyLength::known(entry.size()))) return std::nullopt;
  entry.touch(surroundings_.fills.next_tick());
  stored_ = std::move(found_->entry);  // until it is sent
  return send_stored();
}

Soon<Result<void>> CacheExchange::send_stored() {
  Content& content = *stored_->content;
  const ByteRange all{.first = 0, .last = content.size - 1};
  if (begins_with_lendable(*stored_) && responder_.takes_pipes())
    return send_content(surroundings_.loop, *stored_, all, http::Last::yes, responder_, writes_);
  std::array<std::string_view, http::Responder::pieces_max> views;
  std::uint64_t first = 0;
  const std::size_t count = views_of(content, first, all.last, views);
  return responder_.write_pieces(std::span(views).first(count), http::Last::yes);
}

/// Nothing of it depends on more of the request than its key.
bool CacheExchange::is_plain(const Entry& entry) const {
  const http::Fields& fields = request_.head.fields;
  const bool fits_one_write = entry.size() > 0 && entry.size() <= write_bytes_max &&
                              entry.content->pieces <= http::Responder::pieces_max;
  const bool is_asked_plainly =
      !fields.has(FieldId::range) && !fields.has(FieldId::if_none_match) &&
      !fields.has(FieldId::if_modified_since) && !asks_origin_alone(fields);
  const auto& options = rules_.options();
  return fits_one_write && is_asked_plainly && !entry.part && !options.tags.strip &&
         !options.cache_status.key;
}

/// What may not be used under the rules of today goes, as if it had never been stored.
Store::Found CacheExchange::find() {
  for (;;) {
    if (!found_) found_ = find_for(request_.head, cache_.store(), key_, surroundings_.reader);
    auto found = *std::exchange(found_, std::nullopt);
    const Pin& there = found.entry ? found.entry : found.part;
    if (!there || rules_.may_use(there->facts, configured_.forced)) return found;
    cache_.store().remove(*there);
  }
}

Task<Outcome> CacheExchange::run() {
  const auto outcome = co_await run_rounds();
  if (!outcome && !responder_.started()) {
    http::ResponseHead unused(request_.arena);  // the connection answers, with what the record says
    say_status(status_of(outcome.error()), rules_, surroundings_.name, unused, request_.record);
  }
  co_return outcome;
}

Task<Outcome> CacheExchange::run_rounds() {
  for (int i = 0; i < rounds_; ++i) {
    auto outcome = co_await round();
    if (outcome) co_return *outcome;
    alone_ |= i + 2 >= rounds_;
  }
  // With nothing stored to be confirmed there is no other answer than the origin's.
  stored_ = {};
  decision_.reset();
  const auto outcome = co_await ask_alone();
  MINATO_ASSERT(outcome.has_value());
  co_return *outcome;
}

Task<CacheExchange::Round> CacheExchange::round() {
  stored_ = {};
  if (!found_) decision_.reset();  // else it is of that
  completion_.reset();
  const bool reads = is_read(facts_.method);
  if (!reads || configured_.bypasses || asks_origin_alone(request_.head.fields)) {
    why_forwarded_ = reads ? Forwarded::bypass : Forwarded::method;
    if (reads && facts_.directives.only_if_cached) co_return co_await refuse_to_ask();
    co_return co_await ask_alone();
  }
  Pin entry = look();
  if (entry && may_serve(entry)) co_return co_await serve(std::move(entry), *decision_);
  if (facts_.directives.only_if_cached) co_return co_await refuse_to_ask();
  if (!completion_ && asks_alone()) co_return co_await ask_alone();
  co_return co_await ask_together();
}

/// What is there that might answer; of a part that does not, `completion_` tells what is missing.
Pin CacheExchange::look() {
  auto found = find();
  why_forwarded_ = found.part        ? Forwarded::partial
                   : found.knows_key ? Forwarded::vary_miss
                                     : Forwarded::uri_miss;
  if (found.part) completion_ = completion(found.part);
  part_ = std::move(found.part);
  return std::move(found.entry);
}

/// Before the origin is asked; where it may not, it is `stored_`.
bool CacheExchange::may_serve(const Pin& entry) {
  const bool purged = entry->marked_stale.load(std::memory_order_relaxed);
  const ReuseRules rules = rules_.reuse(entry->facts.status, configured_.forced);
  if (!decision_) decision_ = decide(entry->facts, facts_.directives, rules, purged, now());
  if (decision_->use == Use::serve_and_refresh) refresh(entry);
  if (serves(decision_->use)) return true;
  why_forwarded_ = is_of_request(decision_->why) ? Forwarded::request : Forwarded::stale;
  stored_ = entry;
  return false;
}

/// RFC 9111 5.2.1.7.
Task<Outcome> CacheExchange::refuse_to_ask() {
  co_return std::unexpected(http::Failure{.reason = Reason::only_if_cached});
}

Task<Outcome> CacheExchange::serve(Pin entry, Decision decision) {
  entry->touch(surroundings_.fills.next_tick());
  CacheStatus status{.ttl = decision.ttl()};
  if (decision.why != Why::fresh) status.detail = cache::name(decision.why);
  const Answer with{.entry = *entry, .age = decision.age, .status = status};
  co_return co_await answer_with(with);
}

/// In place of an origin that fails (RFC 5861 4). No hit: it was asked (RFC 9211 2.1).
Task<Outcome> CacheExchange::serve_stale(CacheStatus status) {
  stored_->touch(surroundings_.fills.next_tick());
  const Seconds age = current_age(stored_->facts.freshness, now());  // it took time to fail
  status.ttl = decision_->lifetime.value - age;
  status.detail = "stale-if-error";
  const Answer with{.entry = *stored_, .age = age, .status = status};
  co_return co_await answer_with(with);
}

Task<Outcome> CacheExchange::answer_with(Answer with) {
  if (rules_.options().cache_status.key) with.status.key = key_.text;
  co_return co_await answer(surroundings_.loop, with, rules_, surroundings_.name, request_,
                            responder_);
}

/// Who asks for what must not be served without the origin gets 504 (RFC 9111 5.2.2.2, 5.2.2.8,
/// 5.2.2.10), however the origin was silent.
http::Failure CacheExchange::told_of(const http::Failure& failure) const {
  const bool is_silent = stored_ && gave_no_answer(failure.reason);
  if (!is_silent || !prohibits_stale(stored_->facts.directives())) return failure;
  return {.reason = Reason::stale_forbidden, .error = failure.error};
}

CacheStatus CacheExchange::status_of(const http::Failure& failure) const {
  CacheStatus status = forwarded_status();
  if (failure.reason == Reason::stale_forbidden) status.detail = "stale-forbidden";
  if (failure.reason != Reason::only_if_cached) return status;
  status.forwarded = Forwarded::refused;
  status.detail = "only-if-cached";
  return status;
}

CacheStatus CacheExchange::forwarded_status() const {
  CacheStatus status{.forwarded = why_forwarded_};
  if (rules_.options().cache_status.key) status.key = key_.text;
  return status;
}

}  // namespace minato::cache
