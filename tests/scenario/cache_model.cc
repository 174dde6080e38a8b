#include "scenario/cache_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace minato::scenario {
namespace {

/// RFC 9110 15.1.
bool is_heuristic(int status) {
  static const std::set<int> all{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501};
  return all.contains(status);
}

bool is_below(const std::string& path, const std::string& prefix) {
  return prefix == "/" || path == prefix || path.starts_with(prefix + "/");
}

}  // namespace

PlainDirectives CacheModel::directives_of(const PlainRequest& request) {
  if (line_of(request.fields, "cache-control") == nullptr &&
      line_of(request.fields, "pragma") != nullptr)
    return PlainDirectives(joined(request.fields, "pragma"));  // RFC 9111 5.4
  return PlainDirectives(joined(request.fields, "cache-control"));
}

std::optional<Second> CacheModel::Response::date_in(std::string_view name) const {
  const auto* const text = line(name);
  return text == nullptr ? std::nullopt : plain_date(*text);
}

// What the RFC calculates.

/// The longest prefix by segments, of what is no error.
std::optional<ModelRules::Force> CacheModel::force_of(const std::string& path, int status) const {
  static const std::set<int> statuses{200, 203, 204, 206, 300, 301, 308};
  const ModelRules::Force* longest = nullptr;
  for (const ModelRules::Force& force : rules_.force)
    if (is_below(path, force.path) &&
        (longest == nullptr || force.path.size() > longest->path.size()))
      longest = &force;
  if (longest == nullptr || !statuses.contains(status)) return std::nullopt;
  return *longest;
}

bool CacheModel::bypasses(const PlainRequest& request) const {
  return std::ranges::any_of(rules_.bypass, [&](const ModelRules::Bypass& bypass) {
    return (bypass.cookie.empty() || !cookies_of(request.fields, bypass.cookie).empty()) &&
           (bypass.header.empty() || !spellings_of(request.fields, bypass.header).empty()) &&
           (bypass.path.empty() || is_below(request.path, bypass.path));
  });
}

CacheModel::Response CacheModel::read(const PlainResponse& said, const PlainRequest& request,
                                      Second sent, Second received) const {
  Response response{
      .status = said.status, .lines = said.fields, .sent = sent, .received = received};
  const auto targeted = value_in(said.fields, "cdn-cache-control");
  response.targeted = targeted && !targeted->ends_with(',');  // RFC 9651: that is no dictionary
  response.directives =
      PlainDirectives(response.targeted ? *targeted : joined(said.fields, "cache-control"));
  const auto ages = split(joined(said.fields, "age"));
  if (!ages.empty() && is_number(ages.front())) response.age_value = number_of(ages.front());
  // Of a GET alone, and of what HEAD says in its place.
  if (request.method == "GET" || request.method == "HEAD")
    response.forced = force_of(request.path, said.status);
  response.sets_cookie = line_of(said.fields, "set-cookie") != nullptr;
  const bool cookies = line_of(request.fields, "cookie") != nullptr || response.sets_cookie;
  response.for_anybody = (!cookies || rules_.ttl_applies_to_cookies) &&
                         line_of(request.fields, "authorization") == nullptr;
  std::erase_if(response.lines, [&](const auto& line) {
    return !is_for_store(line.first) ||
           (strips_cookies(response) && iequals(line.first, "set-cookie"));
  });
  if (response.line("date") == nullptr)  // RFC 9110 6.6.1
    response.lines.emplace_back("Date", date_text(received));
  return response;
}

/// RFC 9111 4.2.1.
Second CacheModel::lifetime(const Response& response) const {
  if (response.forced) return response.forced->ttl + age(response, response.received);
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
  if (states_lifetime(response) || response.forced) return true;
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
  if (said.has("must-revalidate") || said.has("proxy-revalidate") || response.says("no-cache"))
    return 0;
  if (const auto stated = said.number(directive)) return std::max(Second{0}, *stated);
  return said.has("s-maxage") || is_made_for_one(response) ? 0 : otherwise;
}

CacheModel::Decision CacheModel::decide(const Stored& stored, const PlainDirectives& asked,
                                        Second now) const {
  const Second old = age(stored, now), fresh_for = lifetime(stored) - old;
  const PlainDirectives& said = stored.directives;
  const Second on_error = window(stored, "stale-if-error", rules_.stale_if_error);
  const Second meanwhile = window(stored, "stale-while-revalidate", rules_.stale_while_revalidate);
  Decision decision{
      .use = Use::validate,
      .serves_on_error = !stored.says("no-cache") && (fresh_for > 0 || -fresh_for < on_error),
      .prohibits_stale = said.has("must-revalidate") || said.has("proxy-revalidate") ||
                         said.has("s-maxage") || stored.says("no-cache")};
  const auto most = asked.number("max-age"), least = asked.number("min-fresh");
  // RFC 8246 2: the origin promises that it stays as it is while it is fresh.
  const bool settled = said.has("immutable") && fresh_for > 0 && !stored.forced;
  // RFC 9111 5.2.1; a number that is none asks for nothing.
  if (asked.has("no-cache") || (most && *most >= 0 && old > *most && !settled) ||
      (least && *least >= 0 && fresh_for < *least))
    return decision;
  if (stored.says("no-cache") || stored.outdated) return decision;
  const bool forbids = said.has("must-revalidate") || said.has("proxy-revalidate") ||
                       said.has("s-maxage") ||  // RFC 9111 5.2.2.10
                       is_made_for_one(stored);
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

/// And nobody but the origin may have it serve others: not for a time that the configuration or
/// who asks has in mind.
bool CacheModel::is_made_for_one(const Response& response) {
  return !response.for_anybody && !states_lifetime(response) && !response.forced;
}

/// `ttl` or `status_ttl`.
bool CacheModel::has_configured_ttl(const Response& response) const {
  if (!response.for_anybody) return false;
  if (const auto ttl = status_ttl(response)) return *ttl > 0;
  return is_heuristic(response.status) && rules_.ttl > 0;
}

bool CacheModel::allows_cookie(const Response& response) const {
  if (!response.sets_cookie || strips_cookies(response)) return true;
  return rules_.set_cookie == ModelRules::Cookies::store &&
         (states_lifetime(response) || has_configured_ttl(response));
}

/// RFC 9111 3. `for_target`: answers a POST, and stands for a GET.
CacheModel::Keep CacheModel::keep(const Response& response, const PlainRequest& request,
                                  bool for_target) const {
  const PlainDirectives& said = response.directives;
  if (directives_of(request).has("no-store")) return Keep::not_for_others;
  if (response.status < 200 || response.status == 304 || response.status == 412 ||
      response.status == 416)
    return Keep::no;
  if (request.method != "GET" && !for_target) return Keep::no;
  if (for_target && !states_lifetime(response)) return Keep::no;
  const bool understood = response.status != 299 && response.status != 599;
  if (said.has("must-understand") ? !understood : said.has("no-store") && !response.overrules())
    return Keep::no;
  if (response.says("private")) return Keep::no;
  if (line_of(request.fields, "authorization") != nullptr && !said.has("public") &&
      !said.has("must-revalidate") && !said.has("s-maxage"))  // RFC 9111 3.5
    return Keep::not_for_others;
  if (!allows_cookie(response)) return Keep::no;
  const auto* const vary = response.line("vary");
  if (vary != nullptr && vary->find('*') != vary->npos) return Keep::no;
  if (!is_allowed(response)) return Keep::no;
  // Of no use: it is stale already, and there is nothing to validate it with.
  if (response.line("etag") != nullptr || response.date_in("last-modified")) return Keep::yes;
  const Second window_longest =
      std::max(window(response, "stale-while-revalidate", rules_.stale_while_revalidate),
               window(response, "stale-if-error", rules_.stale_if_error));
  const bool of_use = !response.says("no-cache") &&
                      lifetime(response) + window_longest > age(response, response.received);
  return of_use ? Keep::yes : Keep::no;
}

// What is stored.

bool CacheModel::Stored::answers(const PlainRequest& request) const {
  if (!part) return true;
  const auto range = range_of(request.fields);
  return request.method == "GET" && range && range->first >= part->first &&
         range->first < part->size && std::min(range->last, part->size - 1) <= part->last;
}

bool CacheModel::selects(const PlainRequest& request, const Stored& stored) const {
  return stored.path == request.path && stored.query == keyed(request.query) &&
         stored.key == key_of(request) &&
         std::ranges::all_of(stored.varies, [&](const auto& field) {
           return spellings_of(request.fields, field.first) == field.second;
         });
}

/// RFC 9111 4: by its Date; of several the last.
template <class Fits>
CacheModel::Place CacheModel::newest_of(Fits fits) const {
  Place newest;
  const auto date = [](const Stored& stored) {
    return stored.date_in("date").value_or(stored.received);
  };
  for (std::size_t place = stored_.size(); place-- > 0;)
    if (fits(stored_[place]) && (!newest || date(stored_[place]) > date(stored_[*newest])))
      newest = place;
  return newest;
}

/// A whole, or else a part that has what is wanted.
CacheModel::Place CacheModel::find(const PlainRequest& request) const {
  const auto whole =
      newest_of([&](const Stored& stored) { return !stored.part && selects(request, stored); });
  if (whole) return whole;
  return newest_of(
      [&](const Stored& stored) { return stored.answers(request) && selects(request, stored); });
}

CacheModel::Place CacheModel::newest_part(const PlainRequest& request) const {
  return newest_of([&](const Stored& stored) { return stored.part && selects(request, stored); });
}

/// What is not as it would be stored for a GET goes: a Set-Cookie of a POST that GET would strip.
CacheModel::Place CacheModel::find_usable(const PlainRequest& request) {
  for (;;) {
    const Place place = find(request);
    if (!place) return place;
    const Stored& stored = stored_[*place];
    const auto force = force_of(stored.path, stored.status);
    const bool strips = strips_cookies(stored) || (force && force->even_private);
    if (stored.line("set-cookie") == nullptr || !strips) return place;
    forget(*place);
  }
}

/// What is for all requests stands for what is for some, and the other way round; a part for what
/// it has all the bytes of, and for what was asked for in the same words.
bool CacheModel::stands_for(const Stored& stored, const Stored& other) {
  if (other.path != stored.path || other.query != stored.query || other.key != stored.key)
    return false;
  const bool alike = other.varies == stored.varies || other.varies.empty() || stored.varies.empty();
  if (!alike || !stored.part) return alike;
  if (!other.part) return false;
  return other.words == stored.words ||
         (other.part->first >= stored.part->first && other.part->last <= stored.part->last);
}

void CacheModel::store(Response response, const PlainRequest& request, std::string body) {
  Stored stored{std::move(response), request.path, keyed(request.query),
                key_of(request),     {},           std::move(body)};
  // For whoever reads it; what a POST said of itself is not overruled.
  const bool overrules = stored.overrules();
  stored.forced = force_of(request.path, stored.status);
  if (stored.forced) stored.forced->even_private = overrules;
  if (stored.status == 206) stored.part = range_in(*stored.line("content-range"));
  if (stored.part) stored.words = value_in(request.fields, "range").value_or("");
  for (const std::string& name : split(joined(stored.lines, "vary")))
    stored.varies[lowered(name)] = spellings_of(request.fields, name);
  for (const auto* directive : {"no-cache", "private"}) {
    const auto names = stored.directives.fields_of(directive);
    std::erase_if(stored.lines,
                  [&](const auto& line) { return names.contains(lowered(line.first)); });
  }
  std::erase_if(stored_, [&](const Stored& other) { return stands_for(stored, other); });
  stored_.push_back(std::move(stored));
}

void CacheModel::forget(std::size_t place) {
  stored_.erase(stored_.begin() + static_cast<std::ptrdiff_t>(place));
}

/// RFC 9111 4.4.
void CacheModel::invalidate(const PlainRequest& request, const PlainResponse& said) {
  std::set<std::string> targets{request.path + keyed(request.query)};
  for (const auto* name : {"location", "content-location"})
    if (const auto reference = value_in(said.fields, name)) targets.insert(path_of(*reference));
  std::erase_if(stored_,
                [&](const Stored& stored) { return targets.contains(stored.path + stored.query); });
}

/// RFC 9111 3.2: what is stored, with what was said anew; and whether that may be stored.
std::pair<CacheModel::Response, CacheModel::Keep> CacheModel::updated(
    const Stored& old, const PlainRequest& request, const OriginCall& call) const {
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
  Response response = read(merged, reads, call.sent, call.received);
  // Whoever confirms it, what is in the content is of the request that fetched that; a cookie is of
  // who gets it.
  const bool sets_cookie = line_of(call.response.fields, "set-cookie") != nullptr;
  response.for_anybody = old.for_anybody && (!sets_cookie || response.for_anybody);
  response.sets_cookie |= old.sets_cookie;
  const Keep verdict = keep(response, reads, false);
  return {std::move(response), verdict};
}

/// RFC 9111 4.3.4. Does nothing where what comes of it must not be stored.
CacheModel::Keep CacheModel::update(std::size_t place, const PlainRequest& request,
                                    const OriginCall& call) {
  auto [response, verdict] = updated(stored_[place], request, call);
  if (verdict != Keep::yes) return verdict;
  std::string body = stored_[place].body;
  PlainRequest fetched = request;
  std::erase_if(fetched.fields, [](const auto& line) { return iequals(line.first, "range"); });
  fetched.fields.emplace_back("Range", stored_[place].words);  // it was not this one's
  forget(place);
  store(std::move(response), fetched, std::move(body));
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
  const std::size_t size = stored.part ? stored.part->size : stored.body.size();
  const bool fits = (stored.part || said.status == stored.status) && same("etag") &&
                    same("last-modified") && (!said.states_length || said.body.size() == size);
  const bool has_validator = line_of(said.fields, "etag") || line_of(said.fields, "last-modified");
  if (!fits)
    stored.outdated = true;
  else if (updated(stored, request, call).second == Keep::no)
    forget(place);                             // nobody may be told it any more, out of date or not
  else if (!stored.outdated || has_validator)  // else no validation of what is out of date
    update(place, request, call);
}

}  // namespace minato::scenario
