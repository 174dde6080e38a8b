// Random requests, times and answers through a cache and through the model, which have to agree.
//
//   MINATO_SEEDS=N   seeds 1 to N instead of 1 to 1,000
//   MINATO_SEED=S    that seed alone
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "base/random.h"
#include "scenario/cache_model.h"

namespace minato::scenario {
namespace {

constexpr int steps = 25;
constexpr std::array paths{"/a", "/b"};

using Texts = std::span<const char* const>;

const char* any_of(Texts texts, Random& random) { return texts[random.below(texts.size())]; }

Second any_second(Random& random, std::uint64_t bound) {
  return static_cast<Second>(random.below(bound));
}

/// What there is under one path: now and then something else.
struct Resource {
  int version = 1;
  Second changed = 0;
};

class RandomOrigin {
 public:
  RandomOrigin(std::uint64_t seed, Second now) : random_(seed), ranges_(random_.one_in(2)) {
    for (const auto* path : paths) resources_[path].changed = now - any_second(random_, 100'000);
  }

  PlainResponse answer(const PlainRequest& request, Second now);
  /// A tag that was or is that of `path`.
  std::string any_etag(const std::string& path) {
    const int version = resources_[path].version;
    return etag_of(version - static_cast<int>(random_.below(2)));
  }
  std::string changed(const std::string& path) { return date_text(resources_[path].changed); }

 private:
  /// Those of parts are weak: they are not put together, nor completed, which the crowds are for.
  std::string etag_of(int version) const {
    return fmt::format("{}\"v{}\"", ranges_ || version % 3 == 0 ? "W/" : "", version);
  }
  void become_part(PlainResponse& response, PlainRange range);
  void add_validators(PlainResponse& response, const Resource& resource);
  void add_dates(PlainResponse& response, Second now);
  void add_directives(PlainResponse& response);
  void add_others(PlainResponse& response);
  bool is_unchanged(const PlainRequest& request, const PlainResponse& response) const;

  Random random_;
  const bool ranges_;  ///< it answers them
  std::map<std::string, Resource> resources_;
  int answers_ = 0;
};

void RandomOrigin::add_validators(PlainResponse& response, const Resource& resource) {
  if (!random_.one_in(3) && response.status == 200)
    response.fields.emplace_back("ETag", etag_of(resource.version));
  if (!random_.one_in(3))
    response.fields.emplace_back("Last-Modified",
                                 random_.one_in(12) ? "lately" : date_text(resource.changed));
}

void RandomOrigin::add_dates(PlainResponse& response, Second now) {
  constexpr std::array<const char*, 5> ages{"5", "0", "abc", "7, 3", "-1"};
  const Second skew = random_.one_in(5) ? any_second(random_, 40) - 20 : 0;
  if (!random_.one_in(6)) response.fields.emplace_back("Date", date_text(now + skew));
  if (random_.one_in(5))
    response.fields.emplace_back(
        "Expires", random_.one_in(5) ? "0" : date_text(now + any_second(random_, 60) - 10));
  if (random_.one_in(6)) response.fields.emplace_back("Age", any_of(ages, random_));
}

void RandomOrigin::add_directives(PlainResponse& response) {
  constexpr std::array<const char*, 24> directives{"max-age=10",
                                                   "max-age=30",
                                                   "max-age=0",
                                                   "max-age=100",
                                                   "s-maxage=20",
                                                   "s-maxage=0",
                                                   "max-age=abc",
                                                   "max-age=5, max-age=50",
                                                   "no-cache",
                                                   "no-store",
                                                   "private",
                                                   "public",
                                                   "must-revalidate",
                                                   "proxy-revalidate",
                                                   "must-understand",
                                                   "no-cache=\"x-meta\"",
                                                   "private=\"X-Meta\"",
                                                   "stale-while-revalidate=15",
                                                   "stale-while-revalidate=40",
                                                   "stale-if-error=30",
                                                   "stale-if-error=100",
                                                   "max-age=30, immutable",
                                                   "x-other=1",
                                                   "must-understand, no-store"};
  constexpr std::array<const char*, 5> targeted{"max-age=40", "no-store", "max-age=20,",
                                                "s-maxage=15, must-revalidate", "private"};
  for (auto left = random_.below(3); left > 0; --left)
    response.fields.emplace_back("Cache-Control", any_of(directives, random_));
  if (random_.one_in(10))
    response.fields.emplace_back("CDN-Cache-Control", any_of(targeted, random_));
}

void RandomOrigin::add_others(PlainResponse& response) {
  constexpr std::array<const char*, 5> varies{"X-A", "x-b", "X-B, X-A", "*", ""};
  constexpr std::array<const char*, 5> references{"/a", "/b", "b", "http://site.example/a",
                                                  "http://other.example/a"};
  if (random_.one_in(4)) response.fields.emplace_back("Vary", any_of(varies, random_));
  if (random_.one_in(2)) response.fields.emplace_back("X-Meta", fmt::to_string(answers_));
  if (random_.one_in(10)) response.fields.emplace_back("Set-Cookie", "a=1");
  if (random_.one_in(8))
    response.fields.emplace_back("Content-Location", any_of(references, random_));
  if (random_.one_in(8)) response.fields.emplace_back("Location", any_of(references, random_));
}

/// RFC 9110 13.2.2.
bool RandomOrigin::is_unchanged(const PlainRequest& request, const PlainResponse& response) const {
  const auto* const none_match = line_of(request.fields, "if-none-match");
  const auto* const since = line_of(request.fields, "if-modified-since");
  const auto* const etag = line_of(response.fields, "etag");
  const auto* const modified = line_of(response.fields, "last-modified");
  if (none_match != nullptr) return etag != nullptr && none_match->contains(*etag);
  return since != nullptr && modified != nullptr && *since == *modified;
}

void RandomOrigin::become_part(PlainResponse& response, PlainRange range) {
  const std::size_t size = response.body.size();
  if (range.first >= size) return;
  range.last = std::min(range.last, size - 1);
  response.status = 206;
  response.body = response.body.substr(range.first, range.last - range.first + 1);
  response.fields.emplace_back("Content-Range",
                               fmt::format("bytes {}-{}/{}", range.first, range.last, size));
}

PlainResponse RandomOrigin::answer(const PlainRequest& request, Second now) {
  constexpr std::array statuses{204, 299, 301, 302, 404, 410, 500, 503, 599};
  Resource& resource = resources_[request.path];
  if (random_.one_in(4)) ++resource.version, resource.changed = now - any_second(random_, 100);
  PlainResponse response;
  response.takes = random_.one_in(4) ? 1 + any_second(random_, 4) : 0;
  response.fails = random_.one_in(12);
  if (random_.one_in(5)) response.status = statuses[random_.below(statuses.size())];
  add_validators(response, resource);
  add_dates(response, now);
  add_directives(response);
  add_others(response);
  if (request.method == "POST" && random_.one_in(2))  // it may stand for a GET (RFC 9110 9.3.3)
    response.fields.emplace_back("Content-Location", request.path);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && response.status == 200 && is_unchanged(request, response)) response.status = 304;
  if (response.status != 204 && response.status != 304)
    response.body = fmt::format("{0:04}{0:04}{0:04}{1}", ++answers_,
                                std::string(static_cast<std::size_t>(resource.version % 3), '.'));
  const auto range = range_of(request.fields);
  const bool has_part = ranges_ && request.method == "GET" && response.status == 200 && range;
  if (has_part && !random_.one_in(4)) become_part(response, *range);
  response.states_length = !random_.one_in(3);
  response.cut = request.method == "GET" && !response.body.empty() && random_.one_in(15);
  return response;
}

const char* any_query(Random& random) {
  constexpr std::array<const char*, 16> queries{
      "",         "?a=1",         "?a=1&b=2",   "?b=2&a=1",    "?a=1&u_x=1", "?u_x=2&a=1",
      "?A=1",     "?a=1&A=2",     "?A=2&a=1",   "?a&b",        "?%61=1&b=2", "?b=2&%61=1",
      "?a=1;b=2", "?b=2&a=1;b=2", "?&b=2&&a=1", "?a.b=1&a_b=2"};
  return any_of(queries, random);
}

std::string any_date(const std::string& changed, Second now, Random& random) {
  if (random.one_in(8)) return "lately";  // which is none
  return random.one_in(2) ? changed : date_text(now - any_second(random, 50));
}

PlainRequest any_request(RandomOrigin& origin, Second now, bool has_query, Random& random) {
  constexpr std::array<const char*, 12> methods{"GET", "GET", "GET", "GET",  "GET",  "GET",
                                                "GET", "GET", "GET", "HEAD", "POST", "DELETE"};
  constexpr std::array<const char*, 11> directives{"max-age=0",
                                                   "max-age=15",
                                                   "min-fresh=10",
                                                   "max-stale",
                                                   "max-stale=10",
                                                   "max-stale=abc",
                                                   "no-cache",
                                                   "no-store",
                                                   "only-if-cached",
                                                   "max-age=abc",
                                                   "max-age=100, max-stale=100"};
  constexpr std::array<const char*, 4> cookies{"a=1", "a=2", "b=1", "c=1; a=2"};
  PlainRequest request{.method = any_of(methods, random), .path = any_of(paths, random)};
  if (has_query) request.query = any_query(random);
  const auto add = [&](std::uint64_t rarity, const char* name, const std::string& value) {
    if (random.one_in(rarity)) request.fields.emplace_back(name, value);
  };
  add(3, "Cache-Control", any_of(directives, random));
  add(15, "Pragma", "no-cache");
  add(3, "X-A", "1");
  add(3, "X-B", "1");
  add(12, "X_A", "1");
  add(12, "Authorization", "Basic YTpi");
  add(6, "Cookie", any_of(cookies, random));
  add(8, "If-None-Match", origin.any_etag(request.path));
  add(8, "If-Modified-Since", any_date(origin.changed(request.path), now, random));
  add(4, "Range", fmt::format("bytes={}-{}", random.below(8), 8 + random.below(8)));
  return request;
}

std::string shown(const Lines& lines) {
  std::string text;
  for (const auto& [name, value] : lines) text += fmt::format(" [{}: {}]", name, value);
  return text;
}

/// What happened in one step, for whoever looks into a failure.
std::string described(Second at, const PlainRequest& request, const Outcome& outcome,
                      std::span<const OriginCall> calls) {
  std::string text = fmt::format("at {}: {} {}{}{}", at, request.method, request.path,
                                 request.query, shown(request.fields));
  for (const OriginCall& call : calls)
    text += fmt::format("\n    {}..{} origin: {}{} -> {}{}{}{} \"{}\"", call.sent, call.received,
                        call.request.method, shown(call.request.fields), call.response.status,
                        call.response.fails ? " fails" : "", call.response.cut ? " cut" : "",
                        shown(call.response.fields), call.response.body);
  return text + fmt::format("\n    client: {}{} \"{}\"{}", outcome.status, shown(outcome.fields),
                            outcome.body, outcome.complete ? "" : ", not complete");
}

void add_cookie_options(cache::ServiceCacheOptions& options, Random& random) {
  options.ttl_applies_to_cookies = random.one_in(3);
  if (random.one_in(3)) options.set_cookie = cache::SetCookie::strip;
  if (random.one_in(5)) options.set_cookie = cache::SetCookie::bypass;
}

void add_rules_by_path(cache::ServiceCacheOptions& options, Random& random) {
  if (random.one_in(5))
    options.force.push_back({.path = "/", .ttl = 8s, .even_private = random.one_in(2)});
  if (random.one_in(5))
    options.force.push_back({.path = "/a/", .ttl = 30s, .even_private = random.one_in(2)});
  if (random.one_in(8)) options.bypass.push_back({.cookie = "b", .header = {}, .path = {}});
  if (random.one_in(8)) options.bypass.push_back({.cookie = {}, .header = "X-B", .path = "/b"});
  if (random.one_in(16)) options.bypass.push_back({.cookie = {}, .header = {}, .path = "/b"});
}

void add_query_rules(cache::QueryKeyOptions& options, Random& random) {
  constexpr std::array<const char*, 5> patterns{"a", "b", "u_*", "A*", "*"};
  options.sort = random.one_in(4);
  if (random.one_in(4))
    options.ignore = {any_of(patterns, random)};
  else if (random.one_in(4))
    options.only = {any_of(std::span(patterns).first(4), random)};
}

cache::ServiceCacheOptions any_options(Random& random) {
  cache::ServiceCacheOptions options;
  options.ttl = random.one_in(2) ? 0s : 25s;
  if (random.one_in(3)) options.status_ttl[{404, 404}] = random.one_in(2) ? 0s : 15s;
  if (random.one_in(3)) options.status_ttl[schema::StatusOrClass::of_class(400)] = 20s;
  if (random.one_in(3)) options.status_ttl[schema::StatusOrClass::of_class(500)] = 5s;
  if (random.one_in(4)) options.stale_while_revalidate = 10s;
  if (random.one_in(4)) options.stale_if_error = 20s;
  options.collapse.enabled = !random.one_in(4);
  add_cookie_options(options, random);
  add_rules_by_path(options, random);
  if (random.one_in(5)) options.key.headers = {"x-a"};
  if (random.one_in(5)) options.key.cookies = {"a"};
  add_query_rules(options.key.query, random);
  return options;
}

Second seconds(Millis span) { return span / 1s; }

ModelRules model_rules(const cache::ServiceCacheOptions& options) {
  ModelRules rules{.ttl = seconds(options.ttl),
                   .stale_while_revalidate = seconds(options.stale_while_revalidate),
                   .stale_if_error = seconds(options.stale_if_error),
                   .ttl_applies_to_cookies = options.ttl_applies_to_cookies,
                   .key_headers = options.key.headers,
                   .key_cookies = options.key.cookies,
                   .query_ignore = options.key.query.ignore,
                   .query_only = options.key.query.only,
                   .query_sort = options.key.query.sort};
  for (const auto& [listed, ttl] : options.status_ttl)
    rules.status_ttl[listed.first] = seconds(ttl);
  if (options.set_cookie == cache::SetCookie::strip) rules.set_cookie = ModelRules::Cookies::strip;
  if (options.set_cookie == cache::SetCookie::bypass)
    rules.set_cookie = ModelRules::Cookies::bypass;
  for (const auto& [path, ttl, even_private] : options.force) {
    const auto whole =
        path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    rules.force.push_back({.path = whole, .ttl = seconds(ttl), .even_private = even_private});
  }
  for (const auto& [cookie, header, path] : options.bypass)
    rules.bypass.push_back(
        {.cookie = cookie.value_or(""), .header = header.value_or(""), .path = path.value_or("")});
  return rules;
}

/// What differs from the defaults, for whoever looks into a failure.
std::string shown(const ModelRules& rules) {
  std::string text = fmt::format(
      "ttl {} s, set_cookie {}, for cookies {}, keys by {} {}, query {} {} {}", rules.ttl,
      static_cast<int>(rules.set_cookie), rules.ttl_applies_to_cookies, rules.key_headers,
      rules.key_cookies, rules.query_ignore, rules.query_only, rules.query_sort ? "sorted" : "");
  for (const auto& [path, ttl, even_private] : rules.force)
    text += fmt::format(", force {} {} s{}", path, ttl, even_private ? " even private" : "");
  for (const auto& [cookie, header, path] : rules.bypass)
    text += fmt::format(", bypass cookie '{}' header '{}' path '{}'", cookie, header, path);
  return text;
}

void run_seed(std::uint64_t seed) {
  Random random(seed);
  const auto options = any_options(random);
  RandomOrigin* origin = nullptr;
  CacheRig rig(options, [&](const PlainRequest& request, Second now) {
    return origin->answer(request, now);
  });
  RandomOrigin random_origin(random(), rig.now());
  origin = &random_origin;
  CacheModel model(model_rules(options));
  const bool has_query = random.one_in(2);
  const Second began = rig.now();
  std::vector<std::string> story;
  for (int step = 0; step < steps; ++step) {
    rig.advance(any_second(random, random.one_in(3) ? 40 : 8));
    const Second now = rig.now();
    const PlainRequest request = any_request(random_origin, now, has_query, random);
    const Outcome outcome = rig.exchange(request);
    story.push_back(described(now - began, request, outcome, rig.calls()));
    const std::string wrong = model.judge(request, now, outcome, rig.calls());
    if (wrong.empty()) continue;
    FAIL() << fmt::format(
        "seed {} ({}; began at {}): {}\n  {}\nagain: MINATO_SEED={} scenario_test "
        "--gtest_filter=CacheModel.*",
        seed, shown(model_rules(options)), began, wrong, fmt::join(story, "\n  "), seed);
  }
}

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(CacheModel, AgreesWithTheCache) {
  const std::uint64_t alone = number_of("MINATO_SEED", 0);
  if (alone != 0) return run_seed(alone);
  const std::uint64_t last = number_of("MINATO_SEEDS", 1'000);
  for (std::uint64_t seed = 1; seed <= last && !HasFailure(); ++seed) run_seed(seed);
}

}  // namespace
}  // namespace minato::scenario
