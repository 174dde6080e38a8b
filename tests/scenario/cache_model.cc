#include "scenario/cache_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace minato::scenario {

namespace {

bool is_error(int status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

/// RFC 9110 15.1.
bool is_heuristic(int status) {
  static const std::set<int> all{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501};
  return all.contains(status);
}

PlainDirectives request_directives(const PlainRequest& request) {
  if (line_of(request.fields, "cache-control") == nullptr &&
      line_of(request.fields, "pragma") != nullptr)
    return PlainDirectives(joined(request.fields, "pragma"));  // RFC 9111 5.4
  return PlainDirectives(joined(request.fields, "cache-control"));
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

/// `bytes=A-B` alone, as the generator writes it.
std::optional<std::pair<std::size_t, std::size_t>> range_of(const PlainRequest& request) {
  const auto value = value_in(request.fields, "range");
  std::size_t first = 0, last = 0;
  if (!value || std::sscanf(value->c_str(), "bytes=%zu-%zu", &first, &last) != 2)
    return std::nullopt;
  return std::pair{first, last};
}

/// RFC 3986 5.3 for what the generator writes; empty where it is another origin's.
std::string path_of(const std::string& reference) {
  const std::string own = "http://site.example";
  if (reference.starts_with(own)) return reference.substr(own.size());
  if (reference.find("//") != reference.npos) return {};
  return reference.starts_with('/') ? reference : '/' + reference;
}

bool is_for_store(const std::string& name) {
  return !iequals(name, "age") && !iequals(name, "content-length") &&
         !iequals(name, "cache-status");
}

Lines sorted_for_store(const Lines& lines) {
  Lines kept;
  for (const auto& line : lines)
    if (is_for_store(line.first)) kept.emplace_back(lowered(line.first), line.second);
  std::ranges::sort(kept);
  return kept;
}

}  // namespace

std::optional<Second> CacheModel::Response::date_in(std::string_view name) const {
  const auto* const text = line(name);
  return text == nullptr ? std::nullopt : plain_date(*text);
}

// What the RFC calculates.

CacheModel::Response CacheModel::read(const PlainResponse& said, const PlainRequest& request,
                                      Second sent, Second received) {
  Response response{
      .status = said.status, .lines = said.fields, .sent = sent, .received = received};
  const auto targeted = value_in(said.fields, "cdn-cache-control");
  response.targeted = targeted && !targeted->ends_with(',');  // RFC 9651: that is no dictionary
  response.directives =
      PlainDirectives(response.targeted ? *targeted : joined(said.fields, "cache-control"));
  const auto ages = split(joined(said.fields, "age"));
  if (!ages.empty() && is_number(ages.front())) response.age_value = number_of(ages.front());
  const bool cookies =
      line_of(request.fields, "cookie") != nullptr || line_of(said.fields, "set-cookie") != nullptr;
  response.for_anybody = !cookies && line_of(request.fields, "authorization") == nullptr;
  std::erase_if(response.lines, [](const auto& line) { return !is_for_store(line.first); });
  if (response.line("date") == nullptr)  // RFC 9110 6.6.1
    response.lines.emplace_back("Date", date_text(received));
  return response;
}

/// RFC 9111 4.2.1.
Second CacheModel::lifetime(const Response& response) const {
  for (const auto* name : {"s-maxage", "max-age"})
    if (const auto stated = response.directives.number(name)) return std::max(Second{0}, *stated);
  const Second date = response.date_in("date").value_or(response.received);
  if (response.line("expires") != nullptr && !response.targeted) {
    const auto expires = response.date_in("expires");
    return expires ? std::max(Second{0}, *expires - date) : 0;
  }
  if (const auto ttl = status_ttl(response)) return response.for_anybody ? *ttl : 0;
  if (response.for_anybody && is_heuristic(response.status) && rules_.ttl > 0) return rules_.ttl;
  const auto modified = response.date_in("last-modified");
  const bool may = is_heuristic(response.status) || response.directives.has("public");
  if (!may || !modified || *modified >= date) return 0;
  return std::min<Second>((date - *modified) / 10, 86400);  // RFC 9111 4.2.2
}

std::optional<Second> CacheModel::status_ttl(const Response& response) const {
  for (const int listed : {response.status, response.status / 100 * 100})
    if (rules_.status_ttl.contains(listed)) return rules_.status_ttl.at(listed);
  return std::nullopt;
}

/// RFC 9111 3, the last point; the configuration says it of statuses that it lists.
bool CacheModel::is_allowed(const Response& response) const {
  if (states_lifetime(response)) return true;
  const auto ttl = status_ttl(response);
  if (ttl && *ttl == 0) return false;
  return is_heuristic(response.status) || response.directives.has("public") ||
         (ttl && response.for_anybody);
}

/// RFC 9111 4.2.3.
Second CacheModel::age(const Response& response, Second now) {
  const Second date = response.date_in("date").value_or(response.received);
  const Second apparent = std::max(Second{0}, response.received - date);
  const Second corrected = response.age_value + (response.received - response.sent);
  return std::max(apparent, corrected) + (now - response.received);
}

/// RFC 5861, RFC 9111 4.2.4.
Second CacheModel::window(const Response& response, const std::string& directive,
                          Second otherwise) const {
  const PlainDirectives& said = response.directives;
  if (said.has("must-revalidate") || said.has("proxy-revalidate") || said.has_whole("no-cache"))
    return 0;
  if (const auto stated = said.number(directive)) return std::max(Second{0}, *stated);
  return said.has("s-maxage") ? 0 : otherwise;
}

CacheModel::Decision CacheModel::decide(const Stored& stored, const PlainDirectives& asked,
                                        Second now) const {
  const Second old = age(stored, now), fresh_for = lifetime(stored) - old;
  const PlainDirectives& said = stored.directives;
  const Second on_error = window(stored, "stale-if-error", rules_.stale_if_error);
  const Second meanwhile = window(stored, "stale-while-revalidate", rules_.stale_while_revalidate);
  Decision decision{
      .use = Use::validate,
      .serves_on_error = !said.has_whole("no-cache") && (fresh_for > 0 || -fresh_for < on_error)};
  const auto most = asked.number("max-age"), least = asked.number("min-fresh");
  // RFC 9111 5.2.1; a number that is none asks for nothing.
  if (asked.has("no-cache") || (most && *most >= 0 && old > *most) ||
      (least && *least >= 0 && fresh_for < *least))
    return decision;
  if (said.has_whole("no-cache") || stored.outdated) return decision;
  const bool forbids = said.has("must-revalidate") || said.has("proxy-revalidate") ||
                       said.has("s-maxage");  // RFC 9111 5.2.2.10
  Second bears = -1;
  if (asked.has("max-stale") && !forbids)
    bears = asked.has_whole("max-stale") ? for_ever : *asked.number("max-stale");
  if (fresh_for > 0 || -fresh_for <= bears)
    decision.use = Use::serve;
  else if (meanwhile > 0 && -fresh_for <= meanwhile)
    decision.use = Use::serve_and_refresh;
  return decision;
}

bool CacheModel::states_lifetime(const Response& response) {
  return response.directives.has("s-maxage") || response.directives.has("max-age") ||
         (!response.targeted && response.line("expires") != nullptr);
}

/// RFC 9111 3. `for_target`: answers a POST, and stands for a GET.
CacheModel::Keep CacheModel::keep(const Response& response, const PlainRequest& request,
                                  bool for_target) const {
  const PlainDirectives& said = response.directives;
  if (request_directives(request).has("no-store")) return Keep::not_for_others;
  if (response.status < 200 || response.status == 304 || response.status == 412 ||
      response.status == 416)
    return Keep::no;
  if (request.method != "GET" && !for_target) return Keep::no;
  if (for_target && !states_lifetime(response)) return Keep::no;
  const bool understood = response.status != 299 && response.status != 599;
  if (said.has("must-understand") ? !understood : said.has("no-store")) return Keep::no;
  if (said.has_whole("private")) return Keep::no;
  if (line_of(request.fields, "authorization") != nullptr && !said.has("public") &&
      !said.has("must-revalidate") && !said.has("s-maxage"))  // RFC 9111 3.5
    return Keep::not_for_others;
  if (response.line("set-cookie") != nullptr && !states_lifetime(response)) return Keep::no;
  const auto* const vary = response.line("vary");
  if (vary != nullptr && vary->find('*') != vary->npos) return Keep::no;
  if (!is_allowed(response)) return Keep::no;
  // Of no use: it is stale already, and there is nothing to validate it with.
  if (response.line("etag") != nullptr || response.date_in("last-modified")) return Keep::yes;
  const Second window_longest =
      std::max(window(response, "stale-while-revalidate", rules_.stale_while_revalidate),
               window(response, "stale-if-error", rules_.stale_if_error));
  const bool of_use = !said.has_whole("no-cache") &&
                      lifetime(response) + window_longest > age(response, response.received);
  return of_use ? Keep::yes : Keep::no;
}

// What is stored.

CacheModel::Place CacheModel::find(const PlainRequest& request) const {
  Place newest;
  const auto date = [](const Stored& stored) {
    return stored.date_in("date").value_or(stored.received);
  };
  for (std::size_t place = stored_.size(); place-- > 0;) {
    const Stored& stored = stored_[place];
    const bool selected = std::ranges::all_of(stored.varies, [&](const auto& field) {
      return value_in(request.fields, field.first) == field.second;
    });
    const bool is_newest = !newest || date(stored) > date(stored_[*newest]);  // RFC 9111 4
    if (stored.path == request.path && selected && is_newest) newest = place;
  }
  return newest;
}

void CacheModel::store(Response response, const PlainRequest& request, std::string body) {
  Stored stored{std::move(response), request.path, {}, std::move(body)};
  for (const std::string& name : split(joined(stored.lines, "vary")))
    stored.varies[lowered(name)] = value_in(request.fields, name);
  for (const auto* directive : {"no-cache", "private"}) {
    const auto names = stored.directives.fields_of(directive);
    std::erase_if(stored.lines,
                  [&](const auto& line) { return names.contains(lowered(line.first)); });
  }
  std::erase_if(stored_, [&](const Stored& other) {
    const bool varied_on_nothing = other.varies.empty() || stored.varies.empty();
    return other.path == stored.path && (other.varies == stored.varies || varied_on_nothing);
  });
  stored_.push_back(std::move(stored));
}

void CacheModel::forget(std::size_t place) {
  stored_.erase(stored_.begin() + static_cast<std::ptrdiff_t>(place));
}

/// RFC 9111 4.4.
void CacheModel::invalidate(const PlainRequest& request, const PlainResponse& said) {
  std::set<std::string> paths{request.path};
  for (const auto* name : {"location", "content-location"})
    if (const auto reference = value_in(said.fields, name)) paths.insert(path_of(*reference));
  std::erase_if(stored_, [&](const Stored& stored) { return paths.contains(stored.path); });
}

/// RFC 9111 3.2, 4.3.4. Does nothing where what comes of it must not be stored.
CacheModel::Keep CacheModel::update(std::size_t place, const PlainRequest& request,
                                    const OriginCall& call) {
  const Stored& old = stored_[place];
  PlainResponse merged{.status = old.status, .fields = {}, .body = old.body};
  Lines fresh = call.response.fields;
  if (line_of(fresh, "date") == nullptr)  // RFC 9110 6.6.1
    fresh.emplace_back("Date", date_text(call.received));
  std::erase_if(fresh, [](const auto& line) { return iequals(line.first, "etag"); });
  for (const auto& line : old.lines)
    if (line_of(fresh, line.first) == nullptr) merged.fields.push_back(line);
  merged.fields.insert(merged.fields.end(), fresh.begin(), fresh.end());
  PlainRequest reads = request;
  reads.method = "GET";
  Response updated = read(merged, reads, call.sent, call.received);
  const Keep verdict = keep(updated, reads, false);
  if (verdict != Keep::yes) return verdict;
  forget(place);
  store(std::move(updated), request, merged.body);
  return verdict;
}

/// RFC 9111 4.3.5.
void CacheModel::update_by_head(std::size_t place, const PlainRequest& request,
                                const OriginCall& call) {
  Stored& stored = stored_[place];
  const PlainResponse& said = call.response;
  const auto same = [&](const char* name) {
    return line_of(said.fields, name) == nullptr ||
           value_in(said.fields, name) == value_in(stored.lines, name);
  };
  const bool fits = said.status == stored.status && same("etag") && same("last-modified") &&
                    (!said.states_length || said.body.size() == stored.body.size());
  if (!fits)
    stored.outdated = true;
  else if (update(place, request, call) == Keep::no)
    forget(place);
}

// What is seen.

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

std::string CacheModel::judge_read(const PlainRequest& request, Second now) {
  const auto asked = request_directives(request);
  const std::span<const OriginCall> calls = calls_;
  for (bool again = true; again;) {
    again = false;
    Place place = find(request);
    const auto decision = place ? decide(stored_[*place], asked, now)
                                : Decision{.use = Use::validate, .serves_on_error = false};
    if (decision.use != Use::validate) {
      std::string wrong = wrong_answer(request, stored_[*place], now);
      if (wrong.empty() && decision.use == Use::serve_and_refresh) wrong = refresh(request, *place);
      return wrong;
    }
    if (asked.has("only-if-cached"))
      return outcome_->status == 504 ? "" : "only-if-cached, and no 504";
    std::string wrong = judge_asking(request, place, decision.serves_on_error, again);
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
  const bool for_target = request.method == "POST" && said.status < 300 && location &&
                          path_of(*location) == request.path;  // RFC 9110 9.3.3
  if (!said.cut && keep(response, request, for_target) == Keep::yes)
    store(std::move(response), request, said.body);
  return outcome_->status == said.status ? "" : "another status than the origin's";
}

/// RFC 9111 4.3.1. `background`: nobody's own request.
std::string CacheModel::wrong_condition(const PlainRequest& request, Place place,
                                        const OriginCall& call, bool background) const {
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

std::string CacheModel::judge_asking(const PlainRequest& request, Place place, bool serves_on_error,
                                     bool& again) {
  const OriginCall* const call = next_call();
  if (call == nullptr) return "the origin was not asked";
  if (call->request.method != request.method) return "another method";
  if (auto wrong = wrong_condition(request, place, *call, false); !wrong.empty()) return wrong;
  const PlainResponse& said = call->response;
  if (said.fails || (is_error(said.status) && place)) {
    if (serves_on_error) return wrong_answer(request, stored_[*place], call->received);
    if (said.fails) return outcome_->failed ? "" : "the origin failed, and nobody was told";
  }
  if (request.method == "HEAD") {
    if (place && said.status == 200) update_by_head(*place, request, *call);
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
  if (outcome_->status == 304 && said.status == 200 && client_has(request, said.fields)) return {};
  if (outcome_->status != said.status)
    return fmt::format("{}, where the origin said {}", outcome_->status, said.status);
  if (said.status == 304 || said.status == 204) return {};
  const bool same = said.cut ? said.body.starts_with(outcome_->body) : outcome_->body == said.body;
  if (!same) return "another body than the origin's";
  return outcome_->complete != said.cut ? "" : "the end of it is not the origin's";
}

void CacheModel::take_new(const PlainRequest& request, Place place, const OriginCall& call) {
  const PlainResponse& said = call.response;
  Response response = read(said, request, call.sent, call.received);
  const Keep verdict = keep(response, request, false);
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
  if (number_of(*said) != age(stored, now))
    return fmt::format("Age is {}, and ought to be {}", *said, age(stored, now));
  if (stored.status == 200 && client_has(request, stored.lines))
    return outcome_->status == 304 ? "" : "no 304, though the client has it";
  return wrong_body(request, stored);
}

std::string CacheModel::wrong_body(const PlainRequest& request, const Stored& stored) const {
  const auto range = range_of(request);
  const bool partial = range && request.method == "GET" && stored.status == 200;
  if (partial && range->first >= stored.body.size()) return outcome_->status == 416 ? "" : "no 416";
  std::string body = request.method == "HEAD" ? "" : stored.body;
  if (partial) body = body.substr(range->first, range->second - range->first + 1);
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
