// What the model says of what is seen. Each function gives what is wrong.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "scenario/cache_model.h"

namespace minato::scenario {
namespace {

bool is_error(int status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

std::string without_weakness(const std::string& etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

/// RFC 9111 4.3.2.
bool client_has(const PlainRequest& request, const Lines& lines) {
  const auto etag = value_in(lines, "etag");
  if (line_of(request.fields, "if-none-match") != nullptr) {
    for (const std::string& one : split(joined(request.fields, "if-none-match")))
      if (one == "*" || (etag && without_weakness(one) == without_weakness(*etag))) return true;
    return false;
  }
  const auto since = value_in(request.fields, "if-modified-since");
  auto modified = value_in(lines, "last-modified");
  if (!modified) modified = value_in(lines, "date");
  if (!since || !modified) return false;
  const auto since_date = plain_date(*since), modified_date = plain_date(*modified);
  return since_date && modified_date && *modified_date <= *since_date;
}

/// RFC 9111 4.3.4: whether a 304 is of something else than what is stored.
bool speaks_of_another(const Lines& said, const Lines& stored) {
  if (line_of(said, "etag") != nullptr) return line_of(stored, "etag") == nullptr;
  const auto modified = value_in(said, "last-modified");
  return modified && modified != value_in(stored, "last-modified");
}

Lines sorted_for_store(const Lines& lines) {
  Lines kept;
  for (const auto& line : lines)
    if (is_for_store(line.first)) kept.emplace_back(lowered(line.first), line.second);
  std::ranges::sort(kept);
  return kept;
}

}  // namespace

const OriginCall* CacheModel::next_call() {
  if (calls_.empty()) return nullptr;
  const OriginCall* const call = &calls_.front();
  calls_ = calls_.subspan(1);
  return call;
}

std::string CacheModel::judge(const PlainRequest& request, Second now, const Outcome& outcome,
                              std::span<const OriginCall> calls) {
  outcome_ = &outcome;
  calls_ = calls;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  std::string wrong = reads ? judge_read(request, now) : judge_unsafe(request);
  if (wrong.empty() && !calls_.empty()) wrong = "the origin was asked once more than needed";
  return wrong;
}

/// It goes to the origin as it is, and nothing of what is stored changes.
std::string CacheModel::judge_bypassing(const PlainRequest& request) {
  if (directives_of(request).has("only-if-cached"))
    return outcome_->status == 504 ? "" : "only-if-cached, and no 504";
  const OriginCall* const call = next_call();
  if (call == nullptr) return "what bypasses was not asked for";
  if (call->request.method != request.method) return "another method";
  if (auto wrong = wrong_condition(request, {}, *call, false); !wrong.empty()) return wrong;
  const PlainResponse& said = call->response;
  if (said.fails) return outcome_->failed ? "" : "the origin failed, and nobody was told";
  if (request.method == "HEAD")
    return outcome_->status == said.status ? "" : "another status than the origin's";
  return judge_passed(request, *call);
}

std::string CacheModel::judge_read(const PlainRequest& request, Second now) {
  if (bypasses(request)) return judge_bypassing(request);
  const auto asked = directives_of(request);
  const std::span<const OriginCall> calls = calls_;
  for (bool again = true; again;) {
    again = false;
    Place place = find_usable(request);
    const auto decision = place ? decide(stored_[*place], asked, now)
                                : Decision{.use = Use::validate, .serves_on_error = false};
    if (decision.use != Use::validate) {
      std::string wrong = wrong_answer(request, stored_[*place], now);
      if (wrong.empty() && decision.use == Use::serve_and_refresh) wrong = refresh(request, *place);
      return wrong;
    }
    if (asked.has("only-if-cached"))
      return outcome_->status == 504 ? "" : "only-if-cached, and no 504";
    std::string wrong = judge_asking(request, place, decision, again);
    if (!wrong.empty() || !again) return wrong;
    now = calls[calls.size() - calls_.size() - 1].received;
  }
  return {};
}

std::string CacheModel::judge_unsafe(const PlainRequest& request) {
  const OriginCall* const call = next_call();
  if (call == nullptr) return "the origin was not asked to act";
  const PlainResponse& said = call->response;
  if (said.fails) return outcome_->failed ? "" : "the origin failed, and nobody was told";
  if (said.status < 400) invalidate(request, said);
  Response response = read(said, request, call->sent, call->received);
  const auto location = value_in(said.fields, "content-location");
  const bool for_target =
      request.method == "POST" && said.status < 300 && location &&
      path_of(*location) == request.path + keyed(request.query);  // RFC 9110 9.3.3
  if (!said.cut && !bypasses(request) && keep(response, request, for_target) == Keep::yes)
    store(std::move(response), request, said.body);
  return outcome_->status == said.status ? "" : "another status than the origin's";
}

/// RFC 9111 4.3.1. `background`: nobody's own request.
std::string CacheModel::wrong_condition(const PlainRequest& request, Place place,
                                        const OriginCall& call, bool background) const {
  if (call.request.query != request.query) return "another query than was sent";
  for (const auto* name : {"if-none-match", "if-modified-since"}) {
    const auto sent = value_in(call.request.fields, name);
    const bool validates = place && call.request.method == "GET";
    const auto* const field = std::string_view(name) == "if-none-match" ? "etag" : "last-modified";
    if (validates && sent != value_in(stored_[*place].lines, field))
      return fmt::format("{} is not what is stored", name);
    const bool own = !background && sent == value_in(request.fields, name);
    if (!validates && sent && !own) return fmt::format("{} comes from nowhere", name);
  }
  return {};
}

/// RFC 9111 5.2.2.2: silence is 504 to who asks for what must not be served without an answer.
std::string CacheModel::wrong_failure(const Decision& decision) const {
  if (!outcome_->failed) return "the origin failed, and nobody was told";
  const int due = decision.prohibits_stale ? 504 : 502;
  return outcome_->status == due ? "" : fmt::format("{} in place of {}", outcome_->status, due);
}

std::string CacheModel::judge_asking(const PlainRequest& request, Place place,
                                     const Decision& decision, bool& again) {
  const OriginCall* const call = next_call();
  if (call == nullptr) return "the origin was not asked";
  if (call->request.method != request.method) return "another method";
  if (auto wrong = wrong_condition(request, place, *call, false); !wrong.empty()) return wrong;
  const PlainResponse& said = call->response;
  if (said.fails || (is_error(said.status) && place)) {
    if (decision.serves_on_error) return wrong_answer(request, stored_[*place], call->received);
    if (said.fails) return wrong_failure(decision);
  }
  if (request.method == "HEAD") {
    const Place told = place ? place : newest_part(request);
    if (told && said.status == 200) update_by_head(*told, request, *call);
    return outcome_->status == said.status ? "" : "another status than the origin's";
  }
  if (said.status == 304 && place) return judge_confirmed(request, *place, *call, again);
  std::string wrong = judge_passed(request, *call);
  take_new(request, place, *call);
  return wrong;
}

std::string CacheModel::judge_confirmed(const PlainRequest& request, std::size_t place,
                                        const OriginCall& call, bool& again) {
  const bool another = speaks_of_another(call.response.fields, stored_[place].lines);
  const Keep verdict = another ? Keep::no : update(place, request, call);
  if (verdict == Keep::not_for_others) return wrong_answer(request, stored_[place], call.received);
  if (verdict == Keep::yes) return wrong_answer(request, stored_.back(), call.received);
  forget(place);
  again = true;
  return {};
}

/// A new response may be told whole, or as 304 to who has it.
std::string CacheModel::judge_passed(const PlainRequest& request, const OriginCall& call) const {
  const PlainResponse& said = call.response;
  const Response response = read(said, request, call.sent, call.received);
  const bool has_content = said.status == 200 || said.status == 206;
  if (outcome_->status == 304 && has_content && client_has(request, response.lines)) return {};
  if (outcome_->status != said.status)
    return fmt::format("{}, where the origin said {}", outcome_->status, said.status);
  if (said.status == 304 || said.status == 204) return {};
  const bool same = said.cut ? said.body.starts_with(outcome_->body) : outcome_->body == said.body;
  if (!same) return "another body than the origin's";
  const bool is_stripped =
      !bypasses(request) && strips_cookies(response) && keep(response, request, false) == Keep::yes;
  Lines due = sorted_for_store(said.fields);
  if (is_stripped) std::erase_if(due, [](const auto& line) { return line.first == "set-cookie"; });
  const Lines told = sorted_for_store(outcome_->fields);
  if (!std::ranges::includes(told, due)) return "other fields than the origin's";
  if (is_stripped && line_of(told, "set-cookie") != nullptr) return "a Set-Cookie is not stripped";
  return outcome_->complete != said.cut ? "" : "the end of it is not the origin's";
}

void CacheModel::take_new(const PlainRequest& request, Place place, const OriginCall& call) {
  const PlainResponse& said = call.response;
  Response response = read(said, request, call.sent, call.received);
  const Keep verdict = keep(response, request, false);
  // RFC 9111 4.3.3: what was asked about is not suitable any more.
  if (verdict == Keep::yes && said.status == 206 && place) forget(*place);
  if (verdict == Keep::yes && !said.cut) store(std::move(response), request, said.body);
  if (verdict == Keep::no && place && !is_error(said.status)) forget(*place);
}

/// RFC 5861 3: on behalf of all, whatever this request said of caching.
std::string CacheModel::refresh(const PlainRequest& request, std::size_t place) {
  PlainRequest of_all = request;
  of_all.method = "GET";
  std::erase_if(of_all.fields, [](const auto& line) {
    return iequals(line.first, "cache-control") || iequals(line.first, "pragma");
  });
  const OriginCall* const call = next_call();
  if (call == nullptr) return "nothing refreshes it";
  if (auto wrong = wrong_condition(of_all, place, *call, true); !wrong.empty()) return wrong;
  const PlainResponse& said = call->response;
  if (said.fails || is_error(said.status)) return {};
  if (said.status != 304) {
    take_new(of_all, place, *call);
    return {};
  }
  const bool another = speaks_of_another(said.fields, stored_[place].lines);
  if (another || update(place, of_all, *call) == Keep::no) forget(place);
  return {};
}

std::string CacheModel::wrong_answer(const PlainRequest& request, const Stored& stored,
                                     Second now) const {
  const auto said = value_in(outcome_->fields, "age");
  if (!outcome_->complete || outcome_->failed) return "what is stored was not answered with";
  if (!said || !is_number(*said)) return "no Age";
  if (strips_cookies(stored) && line_of(outcome_->fields, "set-cookie") != nullptr)
    return "a Set-Cookie is not stripped";
  if (number_of(*said) != age(stored, now))
    return fmt::format("Age is {}, and ought to be {}", *said, age(stored, now));
  if ((stored.status == 200 || stored.status == 206) && client_has(request, stored.lines))
    return outcome_->status == 304 ? "" : "no 304, though the client has it";
  return wrong_body(request, stored);
}

std::string CacheModel::wrong_body(const PlainRequest& request, const Stored& stored) const {
  const auto range = range_of(request.fields);
  const bool partial = stored.part || (range && request.method == "GET" && stored.status == 200);
  const std::size_t begin = stored.part ? stored.part->first : 0;
  if (partial && range->first >= begin + stored.body.size())
    return outcome_->status == 416 ? "" : "no 416";
  std::string body = request.method == "HEAD" ? "" : stored.body;
  if (partial) body = body.substr(range->first - begin, range->last - range->first + 1);
  if (outcome_->status != (partial ? 206 : stored.status))
    return fmt::format("status {}", outcome_->status);
  if (outcome_->body != body) return fmt::format("{} in place of {}", outcome_->body, body);
  // Who validates may be told more than is stored: what is for him alone.
  const bool shows = partial || std::ranges::includes(sorted_for_store(outcome_->fields),
                                                      sorted_for_store(stored.lines));
  if (!shows) return "other fields than are stored";
  return {};
}

}  // namespace minato::scenario
