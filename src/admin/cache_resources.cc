#include "admin/cache_resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <expected>
#include <iterator>
#include <nlohmann/json.hpp>

#include "admin/json.h"
#include "admin/purge_order.h"
#include "base/strings.h"
#include "cache/policy/reuse.h"
#include "cache/policy/vary.h"
#include "schema/problem.h"

namespace minato::admin {
namespace {

using Json = nlohmann::ordered_json;
using cache::Purge;
using cache::Url;

Reply no_cache() {
  return problem(404, "The configuration has no cache.", http::Reason::not_found);
}

using Rules = std::vector<const cache::ServiceRules*>;

/// Of those with a cache.
Rules rules_of(std::span<const UrlService> services) {
  Rules rules;
  for (const UrlService& service : services)
    if (service.caching != nullptr) rules.push_back(service.caching);
  return rules;
}

// Purging.

/// How many went; nullopt where they go when they are next used.
std::optional<std::uint64_t> carry_out(cache::Store& store, const PurgeOrder& order, const Url& url,
                                       std::span<const Url> forms) {
  if (order.what == "all") return store.purge_all(order.how);
  if (order.what == "tag") return store.purge_tag(order.value, order.how);
  if (order.what == "url") {
    std::optional<std::uint64_t> count = 0;
    for (const Url& one : forms) {
      const auto found = store.purge_url(one, order.how);
      count = count && found ? std::optional(*count + *found) : std::nullopt;
    }
    return count;
  }
  store.ban({.scheme = std::string(url.scheme),
             .host = std::string(url.host),
             .port = std::string(url.port),
             .prefix = order.what == "host" ? std::string{} : std::string(url.rest),
             .soft = order.how == Purge::mark_stale});
  return std::nullopt;
}

Reply unreadable(const PurgeOrder& order) {
  return problem(400, fmt::format("{} is no {}, such as {}.", schema::in_quotes(order.value),
                                  order.what == "host" ? "host" : "URL",
                                  order.what == "host" ? "example.com" : "http://example.com/x"));
}

Reply lacks_scheme(std::string_view text) {
  return problem(400, fmt::format("{} has no scheme: http:// or https:// stands before the host.",
                                  schema::in_quotes(text)));
}

Reply has_wildcard(std::string_view text, std::string_view instead) {
  return problem(400, fmt::format("{} has a wildcard: name {}.", schema::in_quotes(text), instead));
}

/// What an operator should know of a purge that may concern nothing; empty: nothing. Below a host
/// or a prefix there may be services that those of its own path say nothing of.
std::string note_on(const PurgeOrder& order, const Url& url, std::span<const UrlService> services,
                    const Program& program) {
  if (url.host.empty()) return {};
  if (!program.takes_host(url.host))
    return fmt::format("no service takes requests for {}", schema::in_quotes(url.host));
  if (order.what != "url") return {};
  std::string names;
  for (const UrlService& service : services) {
    if (service.caching != nullptr) return {};
    names += (names.empty() ? "" : " and ") + std::string(service.name);
  }
  return names.empty() ? names : fmt::format("the cache of {} is off", names);
}

// Explaining.

std::string_view basis_name(cache::Basis basis) {
  constexpr std::array<std::string_view, 8> names{
      "none", "force", "s-maxage", "max-age", "Expires", "status_ttl", "default ttl", "heuristic"};
  return names[static_cast<std::size_t>(basis)];
}

std::string_view use_name(cache::Use use) {
  constexpr std::array<std::string_view, 4> names{"serve", "serve and refresh", "validate",
                                                  "refuse"};
  return names[static_cast<std::size_t>(use)];
}

/// Of a request for `url` that says nothing else.
http::RequestHead plain_request(const Url& url, Arena& arena) {
  http::RequestHead head(arena);
  head.method = http::Method::get;
  head.target.path = cache::path_of(url);
  return head;
}

/// What a request must say in the fields of Vary to be answered with it.
Json selecting_fields(const cache::Entry& entry) {
  Json fields = Json::object();
  cache::for_each_selecting(entry.vary, entry.variant, [&](auto name, auto value) {
    fields[std::string(name)] = value ? Json(*value) : Json();
  });
  return fields;
}

/// Who takes requests for the URL, and whether by way of the cache.
Json services_json(std::span<const UrlService> services) {
  Json json = Json::array();
  for (const UrlService& service : services)
    json.push_back({{"name", service.name}, {"cache", service.caching != nullptr}});
  return json;
}

/// Null for what other rules allowed, and nobody gets any more.
Json entry_json(const cache::Entry& entry, const cache::ServiceRules& rules, WallTime now,
                Arena& arena) {
  const Url url = cache::split_url(cache::url_of(entry.key)).value_or(Url{});
  const auto [forced, bypasses] = rules.request(plain_request(url, arena), arena);
  const bool stale = entry.marked_stale.load(std::memory_order_relaxed);
  const cache::ReuseRules reuse = rules.reuse(entry.facts.status, forced);
  if (!rules.may_use(entry.facts, reuse)) return {};
  const cache::Decision decision = cache::decide(entry.facts, {}, reuse, stale, now);
  const auto windows = cache::stale_windows(entry.facts.freshness, reuse.freshness, reuse.stale);
  Json fields = Json::array();
  for (const http::Field& line : entry.lines)
    fields.push_back(fmt::format("{}: {}", line.name, line.value));
  Json json{{"key", entry.key},
            {"status", entry.facts.status},
            {"bytes", entry.size()},
            {"memory_bytes", entry.bytes},
            {"vary", entry.vary},
            {"selected_by", selecting_fields(entry)},
            {"hits", entry.hits.load(std::memory_order_relaxed)},
            {"age", decision.age.count()},
            {"lifetime", decision.lifetime.value.count()},
            {"lifetime_from", basis_name(decision.lifetime.basis)},
            {"ttl", decision.ttl().count()},
            {"stale_while_revalidate", windows.while_revalidate.count()},
            {"stale_if_error", windows.if_error.count()},
            {"purged_softly", stale},
            {"would", bypasses ? "bypass" : use_name(decision.use)},
            {"because", bypasses ? "bypass" : cache::name(decision.why)},
            {"fields", fields}};
  if (entry.part)
    json["part"] = fmt::format("{}-{}", entry.part->range.first, entry.part->range.last);
  return json;
}

/// Nullopt where it is badly encoded.
std::optional<std::string> percent_decoded(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      text += value[i];
      continue;
    }
    const auto code = parse_number<std::uint8_t>(value.substr(i + 1, 2), 16);
    if (!code || i + 2 >= value.size()) return std::nullopt;
    text += static_cast<char>(*code);
    i += 2;
  }
  return text;
}

/// What `url=` says in a query that says nothing else: behind a & stands what was to be of the URL.
std::expected<std::string, Reply> url_in(std::string_view query) {
  if (query.contains('&'))
    return std::unexpected(
        problem(400, "Beside url=URL nothing stands in the query: a & of the URL is written %26."));
  const bool is_named = take_until(query, '=') == "url";
  auto text = is_named ? percent_decoded(query) : std::nullopt;
  if (!text)
    return std::unexpected(
        problem(400, "The query must be url=URL, such as url=http://example.com/x."));
  return *std::move(text);
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

/// What a purge of a URL, prefix or host means; none of all else. It views `order`.
std::expected<Url, Reply> named_by(const PurgeOrder& order, std::string_view instead_of_wildcard,
                                   Arena& arena) {
  if (order.what == "all" || order.what == "tag") return Url{};
  const auto url = cache::parse_url(order.value, arena);
  if (!url) return std::unexpected(unreadable(order));
  if (order.what == "host" && url->rest != "/") return std::unexpected(unreadable(order));
  if (order.what == "url" && url->scheme.empty()) return std::unexpected(lacks_scheme(order.value));
  if (url->host.contains('*'))
    return std::unexpected(has_wildcard(order.value, instead_of_wildcard));
  return *url;
}

}  // namespace

Task<Reply> purge(Program& program, const Question& question) {
  if (!program.cache()) co_return no_cache();
  const auto order = parse_purge_order(question.body);
  if (!order) co_return problem(400, order.error());
  BlockPool blocks;
  Arena arena(blocks);
  const auto url = named_by(*order, "each host, a tag that they share, or all", arena);
  if (!url) co_return url.error();
  co_await program.until_agreed();  // what one worker still serves is to be reached, too
  const auto cache = program.cache();
  if (!cache) co_return no_cache();
  // A port outside may be mapped to any of ours.
  const auto services = program.services_of(on_every_port(*url));
  const auto forms = forms_of(*url, rules_of(services), arena);
  const auto count = carry_out(cache->store(), *order, *url, forms);
  Json json{{"purged", count ? Json(*count) : Json()}, {"soft", order->how == Purge::mark_stale}};
  if (!count) json["pending"] = "carried out on each entry when it is next asked for, or soon";
  if (auto note = note_on(*order, *url, services, program); !note.empty())
    json["note"] = std::move(note);
  program.carry_out_bans();
  co_return document(dumped(json));
}

Task<Reply> cache_stats(Program& program, const Question&) {
  const auto cache = program.cache();
  if (!cache) co_return no_cache();
  const cache::StoreStats stats = cache->store().stats();
  const Program::CacheUses uses = program.cache_uses();
  co_return document(dumped({{"entries", stats.entries},
                             {"capacity", stats.entries_max},
                             {"memory_bytes", stats.memory_bytes},
                             {"max_memory", stats.memory_bytes_max},
                             {"hits", uses.hits},
                             {"misses", uses.misses},
                             {"stored", stats.stored},
                             {"evicted", stats.evicted},
                             {"purged", stats.purged}}));
}

Task<Reply> cache_entry(Program& program, const Question& question) {
  const auto cache = program.cache();
  if (!cache) co_return no_cache();
  const auto text = url_in(question.query);
  if (!text) co_return text.error();
  if (const auto wrong = wrong_characters(*text)) co_return problem(400, *wrong);
  BlockPool blocks;
  Arena arena(blocks);
  const PurgeOrder asked{.what = "url", .value = *text};
  const auto url = named_by(asked, "one host", arena);
  if (!url) co_return url.error();
  const cache::ServiceRules fallback;
  const auto services = program.services_of(*url);
  auto all_rules = rules_of(services);
  const bool is_cached = !all_rules.empty();
  if (!is_cached) all_rules.push_back(&fallback);
  const bool bypasses = std::ranges::all_of(all_rules, [&](const auto* rules) {
    return rules->request(plain_request(*url, arena), arena).bypasses;
  });
  const auto of_any_port = program.services_of(on_every_port(*url));
  std::ranges::copy(rules_of(of_any_port), std::back_inserter(all_rules));  // its own come first
  Json variants = Json::array();
  const auto explain = [&](const cache::Entry& entry) {
    const auto own = std::ranges::find_if(
        all_rules, [&](const auto* rules) { return rules->key().may_have_made(entry.key); });
    if (own == all_rules.end()) return;  // under rules of the past: nobody finds it
    auto json = entry_json(entry, **own, program.now(), arena);
    if (json.is_null()) return;
    if (!is_cached) json["would"] = json["because"] = "bypass";  // nobody looks for it
    variants.push_back(std::move(json));
  };
  for (const Url& one : forms_of(*url, all_rules, arena))
    cache->store().visit(one, program.cache_reader(), explain);
  co_return document(dumped({{"url", *text},
                             {"services", services_json(services)},
                             {"bypasses", bypasses},
                             {"variants", variants}}));
}

}  // namespace minato::admin
