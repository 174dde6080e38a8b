#include "cache/fill/fill.h"

#include "cache/fill/combine.h"
#include "cache/fill/fill_request.h"
#include "cache/fill/storable.h"

namespace minato::cache {

using http::Field;
using http::FieldId;
using http::Last;
using http::Outcome;
using http::Reason;
using Kind = Ruling::Kind;

namespace {

Result<void> nobody() {
  return fail(Fault::cancelled, Side::downstream, "nobody waits for the rest of it");
}

/// That one range is impossible, too much, or came as a set says nothing of others.
bool is_of_one_range(Refusal refusal, std::uint16_t status) {
  if (status == 206) return refusal == Refusal::too_large || refusal == Refusal::partial;
  return status == 416;
}

}  // namespace

Leader::~Leader() {
  if (fill_ != nullptr) fill_->leader_left();
}

void Leader::take_withheld(std::span<const Field> lines) {
  Arena& arena = request_.arena;
  for (const Field& line : lines)
    withheld_.append({arena.copy(line.name), arena.copy(line.value), line.id});
}

Task<Outcome> Leader::let_pass() {
  lets_pass_ = true;
  stirred_.happen();
  while (!outcome_) co_await stirred_.next();
  co_return *outcome_;
}

void Fill::start(FillOrder order, Leader* leader) {
  auto* const fill = new Fill(std::move(order), leader);
  fill->tasks_.start(fill->run());
  if (leader == nullptr) fill->tasks_.start(fill->watch_followers());
}

Fill::Fill(FillOrder order, Leader* leader)
    : order_(std::move(order)),
      loop_(order_.fills.loop()),
      leader_(leader),
      arena_(loop_.blocks()),
      client_head_(arena_),
      head_(arena_),
      no_trailers_(arena_),
      orphan_(*this),
      end_(*this),
      tasks_(loop_) {
  order_.fills.running_.push_back(*this);
  if (leader_ != nullptr) leader_->fill_ = this;
  copy_request(order_.request);
}

/// However it goes, nobody waits for it in vain.
Fill::~Fill() {
  tasks_.cancel_all();
  if (growth_) growth_->break_off(loop_);
  let_others_refresh();
  fail_flight(http::Failure{.reason = Reason::shutting_down}, false);
  if (leader_ != nullptr) leader_->fill_ = nullptr;
}

void Fill::copy_request(const http::Request& request) {
  copy_head(request.head, client_head_, arena_);
  client_head_.method = http::Method::get;  // a HEAD may have found what is to be refreshed
  client_head_.method_text = "GET";
  compose_fill_request(client_head_, order_.validated ? &*order_.validated : nullptr, head_);
  head_.fields.remove(FieldId::if_range);  // others who wait may not want the whole in its place
  if (order_.completion) order_.completion->ask_for_missing(head_.fields);
  body_rules_ = request.rules;
  record_.route = request.record.route;
  order_.key.text = arena_.copy(order_.key.text);
  http::Client client = request.client;
  client.address = arena_.copy(client.address);
  client.peer = arena_.copy(client.peer);
  id_ = http::RequestId(arena_.copy(request.id.text()));
  request_.emplace(http::Request{.head = head_,
                                 .body = *this,
                                 .client = client,
                                 .id = id_,
                                 .upgrade = {},
                                 .rules = body_rules_,
                                 .record = record_,
                                 .arena = arena_});
  asked_.emplace(Asked{.cache = order_.cache,
                       .rules = order_.rules,
                       .key = order_.key,
                       .request = client_head_,
                       .facts = facts_for_others(client_head_),
                       .validated = order_.validated,
                       .stale_on_error = order_.stale_on_error,
                       .completion = order_.completion ? &*order_.completion : nullptr,
                       .sent = loop_.wall(),
                       .purges_before = order_.flight->purges_before(),
                       .reader = order_.reader,
                       .configured = order_.configured});
}

Task<void> Fill::run() {
  const Outcome outcome = co_await order_.origin.handle(*request_, *this);
  conclude(outcome);
  end_soon();
}

void Fill::conclude(const Outcome& outcome) {
  tell_record();
  const bool failed_early = !outcome && !begun_;
  if (failed_early) fail_flight(outcome.error(), is_origin_error(outcome.error()));
  // At once, so that nobody boards what is going down already.
  land();
  if (growth_) growth_->break_off(loop_);  // unless it is complete
  if (leader_ == nullptr) return;
  leader_->outcome_ = outcome;
  leader_->stirred_.happen();
}

void Fill::fail_flight(std::optional<http::Failure> failure, bool is_error) {
  land();
  if (order_.flight->stage() != Stage::waiting) return;
  let_others_refresh();  // before the origin can tell that nobody waits for its answer
  order_.flight->failure = failure;
  order_.flight->is_error = is_error;
  become(Stage::failed);
}

void Fill::become(Stage stage) {
  tell_record();
  order_.flight->become(stage, loop_);
}

/// What the leader's line in the access log says of the origin.
void Fill::tell_record() {
  if (leader_ == nullptr) return;
  http::Record& record = leader_->request_.record;
  record.endpoint = leader_->request_.arena.copy(record_.endpoint);
  record.upstream_status = record_.upstream_status;
  record.attempts = record_.attempts;
  record.upstream_time = record_.upstream_time;
}

/// But not what was replaced: who looked before still sees it, as stale.
void Fill::let_others_refresh() {
  if (!order_.validated || !order_.cache.store().holds(*order_.validated)) return;
  order_.validated->refreshing.store(false, std::memory_order_relaxed);
}

void Fill::land() {
  if (!std::exchange(landed_, true)) order_.cache.flights().land(order_.flight_key, *order_.flight);
}

// The response.

Task<Result<void>> Fill::interim(const http::ResponseHead& head) {
  if (leader_ == nullptr) co_return Result<void>{};
  Arena& arena = leader_->request_.arena;
  http::ResponseHead copy(arena);
  copy_head(head, copy, arena);
  leader_->interims_.push_back(copy);
  become(Stage::waiting);
  co_return Result<void>{};
}

Result<void> Fill::start(const http::ResponseHead& head, http::BodyLength length) {
  Ruling ruling = judge(*asked_, head, length, loop_.wall(), arena_);
  if (leader_ != nullptr) leader_->take_withheld(ruling.withheld);
  Flight& flight = *order_.flight;
  flight.status = head.status;
  flight.entry = ruling.entry;
  flight.is_updated = ruling.is_updated;
  flight.length = length;
  ruling_ = ruling.kind;
  if (ruling.kind == Kind::pass) return begin_to_pass(ruling.refusal, head);
  begun_ = true;
  switch (ruling.kind) {
    case Kind::pass: break;
    case Kind::store: grow(ruling); break;
    case Kind::confirmed: confirm(*ruling.entry); break;
    case Kind::error: fail_flight(std::nullopt, true); break;
    case Kind::contested: contest(); break;
  }
  return {};
}

/// To the leader alone.
Result<void> Fill::begin_to_pass(Refusal refusal, const http::ResponseHead& head) {
  land();
  if (refusal != Refusal::no_memory) remember_refusal(refusal, head.status);
  if (leader_ == nullptr) {
    fail_flight(std::nullopt, is_origin_error(head.status));
    return nobody();
  }
  begun_ = true;
  copy_head(head, leader_->passing_head_, leader_->request_.arena);
  leader_->passing_length_ = order_.flight->length;
  leader_->refusal_ = refusal;
  become(Stage::passing);
  return {};
}

void Fill::confirm(const Entry& fresh) {
  (void)remember_use(*asked_, fresh, loop_.wall());
  land();
  become(Stage::confirmed);
}

void Fill::contest() {
  if (order_.validated) order_.cache.store().remove(*order_.validated);
  fail_flight(std::nullopt, false);
}

/// What it is to answer; empty: the whole.
std::string_view Fill::range() const {
  const bool is_of_part = head_.fields.has(FieldId::range);
  return is_of_part ? client_head_.fields.value(FieldId::range) : std::string_view{};
}

/// Before those who wait hear of it.
void Fill::remember_refusal(Refusal refusal, std::uint16_t status) {
  const unsigned naming = order_.flight->naming = asked_->facts.naming();
  Uncacheable::Asking asking{.key = order_.key.hash, .naming = naming};
  if (!range().empty())
    asking = is_of_one_range(refusal, status) ? asking.for_range(range()) : asking.for_ranges();
  order_.cache.uncacheable().remember(asking, status, loop_.wall());
}

void Fill::grow(const Ruling& ruling) {
  Flight& flight = *order_.flight;
  growth_ = flight.growth = ruling.growth;
  if (ruling.completes) {
    joiner_.emplace(*order_.completion, *growth_, loop_);
    flight.length = http::BodyLength::known(order_.completion->wanted.size());
  }
  if (leader_ != nullptr) leader_->reader_ = Growth::follow(growth_, loop_);
  if (!remember_use(*asked_, *ruling.entry, loop_.wall())) land();  // nobody else has a use for it
  become(Stage::growing);
}

Soon<Result<void>> Fill::write(std::string_view piece, Last last) {
  if (ruling_ == Kind::pass) return pass(piece, last, nullptr);
  if (ruling_ == Kind::store) return keep(piece, last);
  return Result<void>{};
}

Soon<Result<void>> Fill::finish(const http::Fields* trailers) {
  if (ruling_ == Kind::pass) return pass({}, Last::yes, trailers);
  if (ruling_ == Kind::store) return keep({}, Last::yes);
  return Result<void>{};
}

Task<Result<void>> Fill::keep(std::string_view piece, Last last) {
  if (joiner_) {
    auto ready = joiner_->count(piece.size(), last);
    if (ready) ready = co_await joiner_->begin();
    if (!ready) co_return ready;
  }
  const auto kept = co_await growth_->append(loop_, piece);
  if (!kept) co_return kept;
  if (last == Last::yes) co_return co_await complete();
  co_return Result<void>{};
}

Task<Result<void>> Fill::complete() {
  if (joiner_) {
    const auto kept = co_await joiner_->end();
    if (!kept) co_return kept;
  }
  const bool stored = growth_->complete(loop_, order_.fills.next_tick());
  land();
  const bool is_of_parts = joiner_ || order_.flight->entry->part;
  if (is_of_parts && stored) co_await combine_parts(*asked_, order_.flight->entry, loop_);
  co_return Result<void>{};
}

Soon<Result<void>> Fill::flush() {
  if (ruling_ == Kind::pass) return pass_what_came();
  if (ruling_ != Kind::store) return nobody();  // who waited has been told
  if (joiner_) return joiner_->begin();         // nobody waits for more than is there
  return Result<void>{};                        // who follows sends what there is by itself
}

Task<Result<void>> Fill::pass_what_came() {
  const auto ready = co_await until_leader_passes();
  if (!ready) co_return ready;
  co_return co_await leader_->responder_.flush();
}

/// Until it has sent the head.
Task<Result<void>> Fill::until_leader_passes() {
  while (leader_ != nullptr && !leader_->lets_pass_) co_await leader_->stirred_.next();
  if (leader_ == nullptr) co_return nobody();
  co_return Result<void>{};
}

/// Straight to the leader, at its speed.
Task<Result<void>> Fill::pass(std::string_view piece, Last last, const http::Fields* trailers) {
  const auto ready = co_await until_leader_passes();
  if (!ready) co_return ready;
  if (trailers != nullptr) co_return co_await leader_->responder_.finish(trailers);
  co_return co_await leader_->responder_.write(piece, last);
}

Task<Result<http::Tunnel*>> Fill::upgrade(const http::ResponseHead&) {
  co_return fail(Fault::malformed, Side::upstream, "an upgrade that nobody asked for");
}

}  // namespace minato::cache
