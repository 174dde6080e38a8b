#include "cache/fill/storable.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/hash.h"
#include "cache/policy/freshen.h"
#include "cache/policy/vary.h"
#include "http/tokens.h"

namespace minato::cache {
namespace {

using http::Field;
using http::FieldId;

/// Tags of one response that count.
constexpr std::size_t tags_max = 256;
/// Beside its own. Only an origin whose tags change with each part gets there.
constexpr std::size_t inherited_tags_max = 1024;

/// RFC 9111 5.2.2.4, 5.2.2.7.
bool is_withheld(const Field& line, const http::ResponseDirectives& directives) {
  return http::list_has(directives.private_fields, line.name) ||
         http::list_has(directives.no_cache_fields, line.name);
}

/// The configuration leaves it out for everybody.
bool is_stripped(const Asked& asked, const ResponseFacts& facts, const Field& line) {
  return line.id == FieldId::set_cookie && strips_set_cookie(asked.rules, facts);
}

void add_tags_of(const Field& line, const ServiceRules& rules,
                 std::vector<std::string_view>& tags) {
  if (!rules.is_tag_field(line)) return;
  std::string_view rest = line.value;
  while (!rest.empty() && tags.size() < tags_max) {
    const auto end = std::min(rest.find_first_of(", \t"), rest.size());
    if (end > 0) tags.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

std::vector<std::string_view> tags_of(const ServiceRules& rules, const http::Fields& fields) {
  std::vector<std::string_view> tags;
  fields.for_each([&](const Field& line) { add_tags_of(line, rules, tags); });
  return tags;
}

using Hashes = std::vector<std::uint64_t>;

Hashes hashes_of(std::span<const std::string_view> tags, std::uint64_t seed) {
  Hashes hashes;
  for (const std::string_view tag : tags) hashes.push_back(hash_bytes(tag, seed));
  return hashes;
}

void add_hashes_of(const Entry& entry, Hashes& hashes) {
  for (const TagNode& tag : entry.tags) hashes.push_back(tag.hash);
}

/// Those that are not among `known`, each once.
Hashes without(Hashes hashes, Hashes known) {
  std::ranges::sort(hashes);
  std::ranges::sort(known);
  hashes.erase(std::ranges::unique(hashes).begin(), hashes.end());
  Hashes rest;
  std::ranges::set_difference(hashes, known, std::back_inserter(rest));
  return rest;
}

/// What `entry` inherited itself: tags that its lines do not list, which a newer head may change.
Hashes inherited_of(const Entry& entry, const ServiceRules& rules, std::uint64_t seed) {
  std::vector<std::string_view> listed;
  for (const Field& line : entry.lines) add_tags_of(line, rules, listed);
  Hashes all;
  add_hashes_of(entry, all);
  return without(std::move(all), hashes_of(listed, seed));
}

/// What is to purge the content of the parts purges what is made of them, whatever the newest head
/// lists: the tags that only they have.
Hashes inherited_tags(const Asked& asked, std::span<const std::string_view> own, const Part& part) {
  const std::uint64_t seed = asked.cache.store().seed();
  Hashes inherited;
  if (part.content_of != nullptr) inherited = inherited_of(*part.content_of, asked.rules, seed);
  for (const Entry* const from : part.made_of)
    if (from != nullptr) add_hashes_of(*from, inherited);
  if (inherited.empty()) return inherited;
  Hashes known = hashes_of(own, seed);
  if (const auto url = split_url(url_of(asked.key.text))) known.push_back(url_tag(*url, seed));
  return without(std::move(inherited), std::move(known));
}

}  // namespace

bool strips_set_cookie(const ServiceRules& rules, const ResponseFacts& facts) {
  return rules.options().set_cookie == SetCookie::strip || facts.is_overruled;
}

http::Fields fields_of(const Entry& entry, Arena& arena) {
  http::Fields fields(arena);
  for (const Field& line : entry.lines) fields.append(line);
  return fields;
}

std::vector<Field> withheld_lines(const Asked& asked, const http::Fields& from,
                                  const http::ResponseDirectives& directives,
                                  const ResponseFacts& facts, Arena& arena) {
  std::vector<Field> lines;
  from.for_each([&](const Field& line) {
    if (is_stored(line) && is_withheld(line, directives) && !is_stripped(asked, facts, line))
      lines.push_back({arena.copy(line.name), arena.copy(line.value), line.id});
  });
  return lines;
}

http::Fields stored_lines(const Asked& asked, const http::Fields& from, const ResponseFacts& facts,
                          Arena& arena) {
  http::Fields lines(arena);
  const http::ResponseDirectives& directives = facts.directives();
  from.for_each([&](const Field& line) {
    if (is_stored(line) && !is_withheld(line, directives) && !is_stripped(asked, facts, line))
      lines.append(line);
  });
  if (!from.has(FieldId::date)) {  // RFC 9110 6.6.1: when it came
    const std::span<char, http::date_bytes> text(arena.array<char>(http::date_bytes));
    lines.add(FieldId::date,
              http::write_date(http::field_date(facts.freshness.response_received), text));
  }
  return lines;
}

ResponseFacts facts_of(const Asked& asked, const RequestFacts& fetched_by,
                       const http::ResponseHead& head, WallTime now) {
  return response_facts(head, fetched_by, {.request_sent = asked.sent, .response_received = now},
                        asked.rules.reading(head.status, asked.configured.forced));
}

std::optional<http::ResponseHead> updated_head(const Entry& stored, const http::Fields& update,
                                               Arena& arena) {
  http::ResponseHead head(arena);
  head.status = stored.facts.status;
  const http::Fields before = fields_of(stored, arena);
  freshen(before, update, head.fields);
  if (outgrows(head.fields, before, update)) return std::nullopt;
  // RFC 9110 6.6.1: an answer without a Date is of the moment it came.
  if (!update.has(FieldId::date)) head.fields.remove(FieldId::date);
  return head;
}

void inherit(ResponseFacts& facts, const ResponseFacts& stored) {
  facts.is_overruled |= stored.is_overruled;
  facts.has_set_cookie |= stored.has_set_cookie;
  facts.freshness.has_cookies |= stored.freshness.has_cookies;
  facts.freshness.authorized |= stored.freshness.authorized;
}

Part become_part(http::ResponseHead& head, ByteRange range, std::uint64_t complete) {
  head.fields.remove(FieldId::content_range);
  head.status = range.size() == complete ? 200 : 206;
  if (head.status == 200) return {};
  Arena& arena = head.fields.arena();
  const auto bytes = fmt::format("{}-{}", range.first, range.last);
  head.fields.add(FieldId::content_range,
                  arena.join("bytes ", bytes, "/", fmt::to_string(complete)));
  return {.content = ContentRange{.range = range, .complete = complete},
          .range = arena.join("bytes=", bytes)};
}

Pin make_draft(const Asked& asked, const http::Fields& all, const http::Fields& lines,
               ResponseFacts facts, const Part& part) {
  const std::string names = vary_names(all);
  const std::string_view variant = variant_key(names, asked.request.fields);
  const auto tags = tags_of(asked.rules, all);
  const auto inherited = inherited_tags(asked, tags, part);
  if (inherited.size() > inherited_tags_max) return {};
  facts.keeps_set_cookie = lines.has(FieldId::set_cookie);
  facts.freshness.directives.no_cache_fields = facts.freshness.directives.private_fields = {};
  return asked.cache.store().draft({.key = asked.key,
                                    .vary = names,
                                    .variant = variant,
                                    .lines = lines,
                                    .facts = facts,
                                    .part = part.content,
                                    .range = part.range,
                                    .tags = tags,
                                    .inherited_tags = inherited,
                                    .purges_before = asked.purges_before});
}

bool remember_use(const Asked& asked, const Entry& entry, WallTime now) {
  const ReuseRules rules = asked.rules.reuse(entry.facts.status, asked.configured.forced);
  const Decision decision = decide(entry.facts, {}, rules, false, now);
  const bool serves_others = serves(decision.use);
  // What came too old may come fresh the next time.
  const bool never = decision.why == Why::no_cache || decision.lifetime.value <= Seconds(0);
  Uncacheable& uncacheable = asked.cache.uncacheable();
  Uncacheable::Asking asking{.key = asked.key.hash, .naming = asked.facts.naming()};
  if (entry.part) asking = asking.for_ranges();
  if (never && !serves_others)
    uncacheable.remember(asking, entry.facts.status, now);
  else
    uncacheable.forget(asking);
  return serves_others;
}

}  // namespace minato::cache
