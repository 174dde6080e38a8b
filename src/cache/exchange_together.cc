// How an exchange asks the origin together with others: as their leader, or as one of those who
// wait.
#include <fmt/format.h>

#include "cache/exchange.h"
#include "cache/policy/vary.h"
#include "http/client_failure.h"

namespace minato::cache {

using http::FieldId;
using http::Method;
using http::Outcome;
using http::Reason;

/// The rest of what is stored in part, where that may be asked for on behalf of all.
std::optional<Completion> CacheExchange::completion(const Pin& part) const {
  const auto& wishes = facts_.directives;
  if (facts_.method != Method::get || !completes_ || alone_ || wishes.no_cache || wishes.no_store ||
      is_known_uncacheable())
    return std::nullopt;
  auto parts = cache_.store().parts_like(*part, surroundings_.reader);
  std::erase_if(parts,
                [&](const Pin& each) { return !rules_.may_use(each->facts, configured_.forced); });
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

/// Of who asks for `range`, and nothing else.
std::string CacheExchange::flight_key_of(std::string_view range) const {
  return flight_key().append(1, '\n').append(range);
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
          .stale_on_error = serves_on_error(),
          .completion = completion_,
          .reader = surroundings_.reader,
          .configured = configured_};
}

/// For others than this request, which has its answer (RFC 5861 3); where as much is under way that
/// nobody waits for as may be, it is left to a later one.
void CacheExchange::refresh(const Pin& entry) {
  if (entry->refreshing.exchange(true, std::memory_order_relaxed)) return;
  const auto range = request_.head.fields.value(FieldId::range);
  std::string key = entry->part ? flight_key_of(range) : flight_key();
  auto flight = surroundings_.fills.has_room() ? cache_.flights().lead(key, key_.text) : nullptr;
  if (!flight) return entry->refreshing.store(false, std::memory_order_relaxed);
  FillOrder refreshing = order(std::move(key), std::move(flight));
  refreshing.validated = entry;
  refreshing.stale_on_error = true;  // an error is no better than what may still serve
  Fill::start(std::move(refreshing), nullptr);
}

Task<CacheExchange::Round> CacheExchange::ask_together() {
  const auto range = shared_range();
  std::string key = range.empty() ? flight_key() : flight_key_of(range);
  if (!rules_.options().collapse.enabled)  // the rest of a part, for this request alone
    co_return co_await lead(std::make_shared<Flight>(cache_.store().purges()), std::move(key));
  auto [flight, leads] = cache_.flights().board(key, key_.text);
  if (!leads) co_return co_await follow(std::move(flight));
  if (!has_changed()) co_return co_await lead(std::move(flight), std::move(key));
  cache_.flights().land(key, *flight);
  flight->become(Stage::called_off, surroundings_.loop);
  co_return look_again();
}

CacheExchange::Round CacheExchange::look_again() {
  rounds_ = rounds_max + 1;
  return std::nullopt;
}

/// Between the look and the lead another worker's flight may have landed: asked after that, it
/// tells whether there is anything to ask for.
bool CacheExchange::has_changed() {
  const auto found = find();
  return found.entry != stored_ || found.part != part_ || is_known_uncacheable();
}

Task<CacheExchange::Round> CacheExchange::lead(std::shared_ptr<Flight> flight,
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

Task<CacheExchange::Round> CacheExchange::follow(std::shared_ptr<Flight> flight) {
  const Flight::Seat seat(*flight, surroundings_.loop);
  if (!waits_until_)
    waits_until_ = deadline_after(surroundings_.loop.now(), rules_.options().collapse.timeout);
  while (flight->stage() == Stage::waiting) {
    const std::uint64_t seen = flight->bell().rings();
    if (flight->stage() != Stage::waiting) break;
    const bool rung = co_await flight->bell().after(surroundings_.loop, seen, *waits_until_);
    if (!rung) break;
  }
  const Stage stage = flight->stage();
  if (stage == Stage::called_off) co_return look_again();
  // What one who names himself is refused may be for others, who ask together.
  const bool is_of_one = flight->naming != 0 && flight->naming != facts_.naming();
  if (stage == Stage::passing && is_of_one) co_return std::nullopt;
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

bool CacheExchange::is_wanted_part(const Entry& entry) const {
  if (completion_) return entry.part->range == completion_->wanted;
  return !entry.range.empty() && entry.range == shared_range();
}

/// Whether what came for another, under other rules maybe, is what this request selects, too, and
/// might answer it if it were stored already (RFC 9111 4).
bool CacheExchange::suits(const Entry& entry) const {
  if (entry.part && !is_wanted_part(entry)) return false;
  const ReuseRules rules = rules_.reuse(entry.facts.status, configured_.forced);
  if (!rules_.may_use(entry.facts, rules)) return false;
  if (!entry.vary.empty() && variant_key(entry.vary, request_.head.fields) != entry.variant)
    return false;
  const bool purged = entry.marked_stale.load(std::memory_order_relaxed);
  return serves(decide(entry.facts, facts_.directives, rules, purged, now()).use);
}

Task<CacheExchange::Round> CacheExchange::take(Flight& flight,
                                               std::unique_ptr<Growth::Reader> reader,
                                               const Leader* leader) {
  const bool leads = leader != nullptr;
  CacheStatus status = forwarded_status();
  status.forwarded_status = flight.status;
  status.collapsed = !leads;
  if (flight.stage() == Stage::failed) co_return co_await take_failure(flight, status);
  const bool confirmed = flight.stage() == Stage::confirmed;
  if (confirmed || !leads) flight.entry->touch(surroundings_.fills.next_tick());
  say_stored(*flight.entry, !confirmed || flight.is_updated, status);
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

Task<CacheExchange::Round> CacheExchange::take_failure(const Flight& flight, CacheStatus status) {
  completes_ = false;
  if (flight.is_error && may_serve_stale()) co_return co_await serve_stale(status);
  // It is its leader's alone: who followed may have more luck.
  if (flight.failure && !status.collapsed) co_return std::unexpected(told_of(*flight.failure));
  co_return std::nullopt;
}

}  // namespace minato::cache
