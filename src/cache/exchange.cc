#include "cache/exchange.h"

#include <fmt/format.h>

#include <array>

#include "base/assert.h"
#include "cache/fill/tee.h"
#include "cache/policy/conditional.h"
#include "cache/policy/vary.h"
#include "http/client_failure.h"
#include "http/status.h"

namespace minato::cache {

using http::FieldId;
using http::Method;
using http::Outcome;
using http::Reason;
using Kind = Ruling::Kind;

namespace {

/// How often one request begins anew because others' came to nothing.
constexpr int attempts_max = 4;

bool is_of_request(Why why) {
  return why == Why::request_no_cache || why == Why::request_max_age ||
         why == Why::request_min_fresh;
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
      forced_(rules_.forced(request.head.target.path, request.arena)),
      bypasses_(rules_.bypasses(request.head, request.arena)) {}

std::optional<Soon<Result<void>>> CacheExchange::plain_hit() {
  if (facts_.method != Method::get || bypasses_) return std::nullopt;
  found_ = cache_.store().find(key_, request_.head.fields, surroundings_.reader);
  if (!found_->entry || !is_plain(*found_->entry)) return std::nullopt;
  Entry& entry = *found_->entry;
  const bool purged = entry.marked_stale.load(std::memory_order_relaxed);
  const ReuseRules rules = rules_.reuse(entry.facts.status, forced_);
  if (!rules_.may_use(entry.facts, rules)) return std::nullopt;
  decision_ = decide(entry.facts, facts_.directives, rules, purged, now());
  const Decision& decision = *decision_;
  if (decision.use != Use::serve || decision.why != Why::fresh) return std::nullopt;
  http::ResponseHead head(request_.arena);
  head.status = entry.facts.status;
  head.reason = http::reason_phrase(head.status);
  head.prepared = entry.text;
  say_age(decision.age, head);
  say_status({.ttl = decision.ttl()}, rules_, surroundings_.name, head, request_.record);
  if (!responder_.start(head, http::BodyLength::known(entry.size()))) return std::nullopt;
  entry.touch(surroundings_.fills.next_tick());
  stored_ = std::move(found_->entry);  // until it is sent
  std::array<std::string_view, http::Responder::pieces_max> views;
  std::uint64_t first = 0;
  const std::size_t count = views_of(*stored_->content, first, stored_->size() - 1, views);
  return responder_.write_pieces(std::span(views).first(count), http::Last::yes);
}

/// Nothing of it depends on more of the request than its key.
bool CacheExchange::is_plain(const Entry& entry) const {
  const http::Fields& fields = request_.head.fields;
  const bool fits_one_write =
      entry.size() > 0 && entry.content->pieces <= http::Responder::pieces_max;
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
    if (!found_) found_ = cache_.store().find(key_, request_.head.fields, surroundings_.reader);
    auto found = *std::exchange(found_, std::nullopt);
    const Pin& there = found.entry ? found.entry : found.part;
    if (!there || rules_.may_use(there->facts, forced_)) return found;
    cache_.store().remove(*there);
  }
}

Task<Outcome> CacheExchange::run() {
  const auto outcome = co_await run_attempts();
  if (!outcome && !responder_.started()) {
    http::ResponseHead unused(request_.arena);  // the connection answers, with what the record says
    say_status(status_of(outcome.error()), rules_, surroundings_.name, unused, request_.record);
  }
  co_return outcome;
}

Task<Outcome> CacheExchange::run_attempts() {
  for (int i = 0; i < attempts_max; ++i) {
    auto outcome = co_await attempt();
    if (outcome) co_return *outcome;
    alone_ |= i + 2 >= attempts_max;
  }
  // With nothing stored to be confirmed there is no other answer than the origin's.
  stored_ = {};
  decision_.reset();
  const auto outcome = co_await ask_alone();
  MINATO_ASSERT(outcome.has_value());
  co_return *outcome;
}

Task<CacheExchange::Attempt> CacheExchange::attempt() {
  stored_ = {};
  if (!found_) decision_.reset();  // else it is of that
  completion_.reset();
  const bool reads = facts_.method == Method::get || facts_.method == Method::head;
  if (!reads || bypasses_ || asks_origin_alone(request_.head.fields)) {
    why_forwarded_ = reads ? Forwarded::bypass : Forwarded::method;
    if (reads && facts_.directives.only_if_cached) co_return co_await refuse_to_ask();
    co_return co_await ask_alone();
  }
  auto found = find();
  // Range is of GET alone (RFC 9110 14.2), so that a part is no answer to HEAD.
  if (facts_.method == Method::head && found.entry && found.entry->part)
    found.part = std::exchange(found.entry, {});
  why_forwarded_ = found.part        ? Forwarded::partial
                   : found.knows_key ? Forwarded::vary_miss
                                     : Forwarded::uri_miss;
  if (found.part) completion_ = completion(found.part);
  part_ = std::move(found.part);
  if (found.entry) {
    const bool purged = found.entry->marked_stale.load(std::memory_order_relaxed);
    const ReuseRules rules = rules_.reuse(found.entry->facts.status, forced_);
    if (!decision_) decision_ = decide(found.entry->facts, facts_.directives, rules, purged, now());
    const Use use = decision_->use;
    if (use == Use::serve_and_refresh) refresh(found.entry);
    if (serves(use)) co_return co_await serve(std::move(found.entry), *decision_);
    why_forwarded_ = is_of_request(decision_->why) ? Forwarded::request : Forwarded::stale;
    stored_ = std::move(found.entry);
  }
  if (facts_.directives.only_if_cached) co_return co_await refuse_to_ask();
  if (!completion_ && asks_alone()) co_return co_await ask_alone();
  co_return co_await ask_together();
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
  co_return co_await answer(with, rules_, surroundings_.name, request_, responder_);
}

CacheStatus CacheExchange::status_of(const http::Failure& failure) const {
  CacheStatus status = forwarded_status();
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

// Asking the origin.

/// What is not to be had from an answer to another, or has no good answer for others.
bool CacheExchange::asks_alone() const {
  const http::Fields& fields = request_.head.fields;
  const bool own = facts_.method == Method::head || fields.has(FieldId::range) ||
                   facts_.directives.no_cache || facts_.directives.no_store ||
                   why_forwarded_ == Forwarded::request;
  return alone_ || own || !rules_.options().collapse.enabled ||
         cache_.uncacheable().knows(key_.hash, now());
}

/// What a HEAD tells of, besides what is stored whole (RFC 9111 4.3.5).
Pin CacheExchange::heads_part() const { return facts_.method == Method::head ? part_ : Pin{}; }

Task<CacheExchange::Attempt> CacheExchange::ask_alone() {
  const bool on_error = stored_ && decision_->serves_on_error;
  Asked asked{.cache = cache_,
              .rules = rules_,
              .key = key_,
              .request = request_.head,
              .facts = facts_,
              .validated = stored_ ? stored_ : heads_part(),
              .stale_on_error = on_error,
              .sent = now(),
              .purges_before = cache_.store().purges(),
              .reader = surroundings_.reader,
              .bypasses = bypasses_};
  Tee tee(surroundings_.fills, asked, forwarded_status(), surroundings_.name, responder_, request_);
  http::RequestHead head(request_.arena);
  Outcome outcome;
  if (stored_ && facts_.method == Method::get) {
    compose_fill_request(request_.head, &*stored_, head);
    http::Request conditional{.head = head,
                              .body = request_.body,
                              .client = request_.client,
                              .id = request_.id,
                              .upgrade = request_.upgrade,
                              .rules = request_.rules,
                              .record = request_.record,
                              .arena = request_.arena};
    outcome = co_await handler_.origin().handle(conditional, tee);
  } else {
    outcome = co_await handler_.origin().handle(request_, tee);
  }
  CacheStatus status = forwarded_status();
  status.forwarded_status = tee.origin_status();
  const bool has_failed = !outcome && is_origin_error(outcome.error()) && !responder_.started();
  const bool is_error = tee.ruling() && tee.ruling()->kind == Kind::error;  // however it ended
  if (is_error || (has_failed && on_error)) co_return co_await serve_stale(status);
  if (!outcome || !tee.ruling()) co_return outcome;
  switch (tee.ruling()->kind) {
    case Kind::pass:
    case Kind::store:
    case Kind::error: co_return outcome;
    case Kind::contested: cache_.store().remove(*stored_); co_return std::nullopt;
    case Kind::confirmed: break;
  }
  const Pin entry = tee.ruling()->entry;
  entry->touch(surroundings_.fills.next_tick());
  status.stored = true;
  const Answer with{.entry = *entry,
                    .age = current_age(entry->facts.freshness, now()),
                    .status = status,
                    .withheld = tee.ruling()->withheld};
  co_return co_await answer_with(with);
}

/// The rest of what is stored in part, where that may be asked for on behalf of all.
std::optional<Completion> CacheExchange::completion(const Pin& part) const {
  const auto& wishes = facts_.directives;
  if (facts_.method != Method::get || !completes_ || alone_ || wishes.no_cache || wishes.no_store ||
      cache_.uncacheable().knows(key_.hash, now()))
    return std::nullopt;
  auto parts = cache_.store().parts_like(*part, surroundings_.reader);
  std::erase_if(parts, [&](const Pin& each) { return !rules_.may_use(each->facts, forced_); });
  if (parts.empty()) return std::nullopt;
  auto made = completion_of(parts, request_.head.fields);
  const bool fits = made && made->wanted.size() <= rules_.options().max_body_size.count;
  return fits ? std::move(made) : std::nullopt;
}

/// Who asks for the same range of what is stored in part waits for the same, too.
std::string CacheExchange::flight_key() const {
  const std::string vary = cache_.store().vary_of(key_, surroundings_.reader);
  std::string key = std::string(key_.text) + '\n';
  key += variant_key(vary, request_.head.fields);
  if (completion_ && !completion_->is_whole())
    key += fmt::format("{}-{}", completion_->wanted.first, completion_->wanted.last);
  return key;
}

FillOrder CacheExchange::order(std::string flight_key, std::shared_ptr<Flight> flight) const {
  return {.fills = surroundings_.fills,
          .origin = handler_.origin(),
          .site = LocalRef<LocalOwner>(&handler_.site()),
          .cache = cache_,
          .rules = rules_,
          .key = key_,
          .flight_key = std::move(flight_key),
          .flight = std::move(flight),
          .request = request_,
          .validated = stored_,
          .stale_on_error = stored_ && decision_->serves_on_error,
          .completion = completion_,
          .reader = surroundings_.reader};
}

/// For others than this request, which has its answer (RFC 5861 3).
void CacheExchange::refresh(const Pin& entry) {
  if (entry->refreshing.exchange(true, std::memory_order_relaxed)) return;
  std::string key = flight_key();
  if (entry->part)
    key += request_.head.fields.value(FieldId::range);  // no answer to who wants more
  auto [flight, leads] = cache_.flights().board(key, key_.text);
  if (!leads) return entry->refreshing.store(false, std::memory_order_relaxed);
  FillOrder refreshing = order(std::move(key), std::move(flight));
  refreshing.validated = entry;
  refreshing.stale_on_error = true;  // an error is no better than what may still serve
  Fill::start(std::move(refreshing), nullptr);
}

Task<CacheExchange::Attempt> CacheExchange::ask_together() {
  std::string key = flight_key();
  if (!rules_.options().collapse.enabled)  // the rest of a part, for this request alone
    co_return co_await lead(std::make_shared<Flight>(cache_.store().purges()), std::move(key));
  auto [flight, leads] = cache_.flights().board(key, key_.text);
  if (leads) co_return co_await lead(std::move(flight), std::move(key));
  co_return co_await follow(std::move(flight));
}

Task<CacheExchange::Attempt> CacheExchange::lead(std::shared_ptr<Flight> flight,
                                                 std::string flight_key) {
  Leader leader(surroundings_.loop, request_, responder_);
  Fill::start(order(std::move(flight_key), flight), &leader);
  while (flight->stage() == Stage::waiting) {
    const std::uint64_t seen = flight->bell().rings();
    const auto sent = co_await send_interims(leader);
    if (!sent) co_return std::unexpected(http::client_write_failure(sent.error()));
    if (flight->stage() == Stage::waiting)
      (void)co_await flight->bell().after(surroundings_.loop, seen);
  }
  const auto sent = co_await send_interims(leader);
  if (!sent) co_return std::unexpected(http::client_write_failure(sent.error()));
  if (flight->stage() == Stage::passing) co_return co_await let_pass(leader);
  co_return co_await take(*flight, leader.take_reader(), &leader);
}

Task<Result<void>> CacheExchange::send_interims(Leader& leader) {
  while (!leader.interims().empty()) {
    const http::ResponseHead head = leader.interims().front();
    leader.interims().pop_front();
    const auto sent = co_await responder_.interim(head);
    if (!sent) co_return sent;
  }
  co_return Result<void>{};
}

Task<Outcome> CacheExchange::let_pass(Leader& leader) {
  CacheStatus status = forwarded_status();
  status.forwarded_status = leader.passing_head().status;
  status.detail = cache::name(leader.refusal());
  const http::ResponseHead head =
      passing_head(leader.passing_head(), status, rules_, surroundings_.name, request_.record);
  const auto begun = responder_.start(head, leader.passing_length());
  if (!begun)
    co_return std::unexpected(http::Failure{.reason = Reason::internal, .error = begun.error()});
  co_return co_await leader.let_pass();
}

Task<CacheExchange::Attempt> CacheExchange::follow(std::shared_ptr<Flight> flight) {
  const Instant until = deadline_after(surroundings_.loop.now(), rules_.options().collapse.timeout);
  while (flight->stage() == Stage::waiting) {
    const std::uint64_t seen = flight->bell().rings();
    if (flight->stage() != Stage::waiting) break;
    const bool rung = co_await flight->bell().after(surroundings_.loop, seen, until);
    if (!rung) break;
  }
  const Stage stage = flight->stage();
  const bool is_for_others = stage != Stage::waiting && stage != Stage::passing;
  // It took too long, or what came is not for this one.
  alone_ |= !is_for_others || (stage != Stage::failed && !suits(*flight->entry));
  if (alone_) co_return std::nullopt;
  std::unique_ptr<Growth::Reader> reader;
  if (stage == Stage::growing) {
    reader = Growth::follow(flight->growth, surroundings_.loop);
    alone_ = !reader;
    if (alone_) co_return std::nullopt;
  }
  co_return co_await take(*flight, std::move(reader), nullptr);
}

/// Whether what came for another, under other rules maybe, is what this request selects, too, and
/// might answer it if it were stored already (RFC 9111 4).
bool CacheExchange::suits(const Entry& entry) const {
  if (entry.part && (!completion_ || entry.part->range != completion_->wanted)) return false;
  const ReuseRules rules = rules_.reuse(entry.facts.status, forced_);
  if (!rules_.may_use(entry.facts, rules)) return false;
  if (!entry.vary.empty() && variant_key(entry.vary, request_.head.fields) != entry.variant)
    return false;
  const bool purged = entry.marked_stale.load(std::memory_order_relaxed);
  return serves(decide(entry.facts, facts_.directives, rules, purged, now()).use);
}

Task<CacheExchange::Attempt> CacheExchange::take(Flight& flight,
                                                 std::unique_ptr<Growth::Reader> reader,
                                                 const Leader* leader) {
  const bool leads = leader != nullptr;
  CacheStatus status = forwarded_status();
  status.forwarded_status = flight.status;
  status.collapsed = !leads;
  if (flight.stage() == Stage::failed) {
    completes_ = false;
    if (stored_ && decision_->serves_on_error && flight.is_error)
      co_return co_await serve_stale(status);
    if (leads && flight.failure) co_return std::unexpected(*flight.failure);
    co_return std::nullopt;
  }
  const bool confirmed = flight.stage() == Stage::confirmed;
  if (confirmed || !leads) flight.entry->touch(surroundings_.fills.next_tick());
  status.stored = true;
  const FreshnessFacts& facts = flight.entry->facts.freshness;
  const bool says_age = confirmed || !leads || facts.age > Seconds(0);
  const auto age = says_age ? std::optional(current_age(facts, now())) : std::nullopt;
  Answer with{.entry = *flight.entry,
              .reader = reader.get(),
              .length = flight.length,
              .age = age,
              .status = status};
  if (leads) with.withheld = leader->withheld();
  co_return co_await answer_with(with);
}

}  // namespace minato::cache
