#include "cache/fill/intake.h"

#include <algorithm>

#include "cache/policy/conditional.h"
#include "cache/policy/freshen.h"
#include "cache/policy/vary.h"
#include "http/tokens.h"

namespace minato::cache {
namespace {

using http::Field;
using http::FieldId;
using Kind = Ruling::Kind;

/// Tags of one response that count.
constexpr std::size_t tags_max = 256;

/// RFC 5861 4.
bool is_origin_error(std::uint16_t status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

http::Fields fields_of(const Entry& entry, Arena& arena) {
  http::Fields fields(arena);
  for (const Field& line : entry.lines) fields.append(line);
  return fields;
}

/// RFC 9111 5.2.2.4, 5.2.2.7.
bool is_withheld(const Field& line, const http::ResponseDirectives& directives) {
  return http::list_has(directives.private_fields, line.name) ||
         http::list_has(directives.no_cache_fields, line.name);
}

/// The configuration leaves it out for everybody.
bool is_stripped(const Asked& asked, const Field& line) {
  return line.id == FieldId::set_cookie && asked.rules.options().set_cookie == SetCookie::strip;
}

std::vector<Field> withheld_lines(const Asked& asked, const http::Fields& from,
                                  const http::ResponseDirectives& directives, Arena& arena) {
  std::vector<Field> lines;
  from.for_each([&](const Field& line) {
    if (is_stored(line) && is_withheld(line, directives) && !is_stripped(asked, line))
      lines.push_back({arena.copy(line.name), arena.copy(line.value), line.id});
  });
  return lines;
}

/// What of a response is stored: not what is of one hop (RFC 9111 3.1), or withheld from caches.
http::Fields stored_lines(const Asked& asked, const http::Fields& from, const ResponseFacts& facts,
                          Arena& arena) {
  http::Fields lines(arena);
  const http::ResponseDirectives& directives = facts.directives();
  from.for_each([&](const Field& line) {
    if (is_stored(line) && !is_withheld(line, directives) && !is_stripped(asked, line))
      lines.append(line);
  });
  if (!from.has(FieldId::date)) {  // RFC 9110 6.6.1: when it came
    const std::span<char, http::date_bytes> text(arena.array<char>(http::date_bytes));
    lines.add(FieldId::date,
              http::write_date(http::field_date(facts.freshness.response_received), text));
  }
  return lines;
}

std::vector<std::string_view> tags_of(const ServiceRules& rules, const http::Fields& fields) {
  std::vector<std::string_view> tags;
  fields.for_each([&](const Field& line) {
    if (!rules.is_tag_field(line)) return;
    std::string_view rest = line.value;
    while (!rest.empty() && tags.size() < tags_max) {
      const auto end = std::min(rest.find_first_of(", \t"), rest.size());
      if (end > 0) tags.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  });
  return tags;
}

ResponseFacts facts_of(const Asked& asked, const http::ResponseHead& head, WallTime now) {
  return response_facts(head, asked.facts, {.request_sent = asked.sent, .response_received = now},
                        asked.rules.reading());
}

/// Which bytes a head and what it answered speak of; neither where it is a whole response.
struct Part {
  std::optional<ContentRange> content{};
  std::string_view range{};
};

/// RFC 9111 3.3; nullopt for a 206 that says no such thing.
std::optional<ContentRange> part_of(const Asked& asked, const http::ResponseHead& head) {
  const bool asked_for_one = asked.request.fields.count_of(FieldId::range) == 1;
  if (!asked_for_one || head.fields.count_of(FieldId::content_range) != 1) return std::nullopt;
  return parse_content_range(head.fields.value(FieldId::content_range));
}

Pin make_draft(const Asked& asked, const http::Fields& all, const http::Fields& lines,
               ResponseFacts facts, const Part& part) {
  const std::string names = vary_names(all);
  const std::string variant = variant_key(names, asked.request.fields);
  const auto tags = tags_of(asked.rules, all);
  facts.freshness.directives.no_cache_fields = facts.freshness.directives.private_fields = {};
  return asked.cache.store().draft({.key = asked.key,
                                    .vary = names,
                                    .variant = variant,
                                    .lines = lines,
                                    .facts = facts,
                                    .part = part.content,
                                    .range = part.range,
                                    .tags = tags});
}

/// What keeps a response from being stored, whoever asked for it.
bool is_for_all(Refusal refusal) {
  return refusal != Refusal::none && refusal != Refusal::authorization &&
         refusal != Refusal::request_no_store;
}

struct Freshened {
  Pin entry{};  ///< null where it may not be stored, or there is no memory for it
  Refusal refusal = Refusal::none;
};

/// Puts what `update` says anew into the stored response (RFC 9111 3.2), where what comes of it may
/// be stored.
Freshened freshened(const Asked& asked, const http::ResponseHead& update, WallTime now,
                    Arena& arena) {
  const http::Fields old = fields_of(*asked.validated, arena);
  http::ResponseHead fresh(arena);
  fresh.status = asked.validated->facts.status;
  freshen(old, update.fields, fresh.fields);
  // RFC 9110 6.6.1: an answer without a Date is of the moment it came.
  if (!update.fields.has(FieldId::date)) fresh.fields.remove(FieldId::date);
  // Its age counts from this answer on, and so does what that says of it.
  http::ResponseHead judged = fresh;
  if (update.fields.has(FieldId::age))
    judged.fields.add(FieldId::age, update.fields.value(FieldId::age));
  const ResponseFacts facts = facts_of(asked, judged, now);
  RequestFacts reads = asked.facts;
  reads.method = http::Method::get;  // a HEAD updates what GET stored
  const Refusal refusal = why_not_store(reads, facts, {}, asked.rules.storing());
  if (refusal != Refusal::none) return {.refusal = refusal};
  const http::Fields lines = stored_lines(asked, fresh.fields, facts, arena);
  const Part part{.content = asked.validated->part, .range = asked.validated->range};
  Pin entry = make_draft(asked, fresh.fields, lines, facts, part);
  if (entry) asked.cache.store().insert_in_place_of(*asked.validated, *entry);
  return {.entry = std::move(entry)};
}

Ruling confirm(const Asked& asked, const http::ResponseHead& head, WallTime now, Arena& arena) {
  const Ruling contested{.kind = Kind::contested, .entry = {}, .growth = {}};
  if (!validates(head.fields, fields_of(*asked.validated, arena))) return contested;
  auto [entry, refusal] = freshened(asked, head, now, arena);
  // What it makes of the stored response must not be stored: that goes, and is asked for anew.
  if (is_for_all(refusal)) return contested;
  if (!entry) entry = asked.validated;
  const auto governing =
      http::response_directives(head.fields, asked.rules.reading().targeted_fields);
  return {.kind = Kind::confirmed,
          .entry = std::move(entry),
          .growth = {},
          .withheld = withheld_lines(asked, head.fields, governing.directives, arena)};
}

/// RFC 9111 4.3.5.
void update_by_head(const Asked& asked, const http::ResponseHead& head, http::BodyLength length,
                    WallTime now, Arena& arena) {
  if (!asked.validated || head.status != 200) return;
  Entry& stored = *asked.validated;
  const bool fits = head.status == stored.facts.status &&
                    head_fits(head.fields, length, fields_of(stored, arena), stored.size());
  if (!fits)
    stored.marked_stale.store(true, std::memory_order_relaxed);
  else if (is_for_all(freshened(asked, head, now, arena).refusal))
    asked.cache.store().remove(stored);
}

/// A POST whose answer stands for its target (RFC 9110 9.3.3).
bool answers_for_target(const Asked& asked, const http::ResponseHead& head, Arena& arena) {
  const auto location = head.fields.value(FieldId::content_location);
  return !location.empty() &&
         key_of_reference(asked.key.text, location, asked.cache.store().seed(), arena).text ==
             asked.key.text;
}

Refusal refusal_of(const Asked& asked, const http::ResponseHead& head, const ResponseFacts& facts,
                   http::BodyLength length, Arena& arena) {
  const StoringCircumstances circumstances{.answers_for_target =
                                               answers_for_target(asked, head, arena)};
  const Refusal refusal = why_not_store(asked.facts, facts, circumstances, asked.rules.storing());
  if (refusal != Refusal::none) return refusal;
  if (iequals(head.fields.value(FieldId::content_type).substr(0, 17), "text/event-stream"))
    return Refusal::event_stream;
  if (head.status == 206 && !part_of(asked, head)) return Refusal::partial;
  const bool too_large = length.kind == http::BodyLength::Kind::known &&
                         length.bytes > asked.rules.options().max_body_size.count;
  return too_large ? Refusal::too_large : Refusal::none;
}

Ruling pass(Refusal refusal) {
  return {.kind = Kind::pass, .refusal = refusal, .entry = {}, .growth = {}};
}

}  // namespace

Ruling judge(const Asked& asked, const http::ResponseHead& head, http::BodyLength length,
             WallTime now, Arena& arena) {
  if (asked.facts.method == http::Method::head) {
    update_by_head(asked, head, length, now, arena);
    return pass(Refusal::method);
  }
  if (asked.validated && head.status == 304) return confirm(asked, head, now, arena);
  if (asked.validated && asked.stale_on_error && is_origin_error(head.status))
    return {.kind = Kind::error, .entry = {}, .growth = {}};
  const ResponseFacts facts = facts_of(asked, head, now);
  const Refusal refusal = refusal_of(asked, head, facts, length, arena);
  if (refusal != Refusal::none) {
    // What is stored is not what the origin says now, unless it says so to this client alone.
    if (asked.validated && is_for_all(refusal) && !is_origin_error(head.status))
      asked.cache.store().remove(*asked.validated);
    return pass(refusal);
  }
  const http::Fields lines = stored_lines(asked, head.fields, facts, arena);
  Part part;
  if (head.status == 206)
    part = {.content = part_of(asked, head), .range = asked.request.fields.value(FieldId::range)};
  Pin entry = make_draft(asked, head.fields, lines, facts, part);
  if (!entry) return pass(Refusal::too_large);
  const std::uint64_t expected = length.kind == http::BodyLength::Kind::known ? length.bytes : 0;
  auto growth = std::make_shared<Growth>(asked.cache.store(), entry,
                                         asked.rules.options().max_body_size.count, expected);
  return {.kind = Kind::store,
          .entry = std::move(entry),
          .growth = std::move(growth),
          .withheld = withheld_lines(asked, head.fields, facts.directives(), arena)};
}

void invalidate(const Asked& asked, const http::ResponseHead& head, Arena& arena) {
  if (http::is_safe(asked.facts.method) || head.status < 200 || head.status >= 400) return;
  Store& store = asked.cache.store();
  const auto purge = [&](std::string_view url) {
    if (const auto parts = split_url(url)) store.purge_url(*parts, Purge::remove);
  };
  purge(asked.key.text);
  for (const FieldId id : {FieldId::location, FieldId::content_location})
    purge(key_of_reference(asked.key.text, head.fields.value(id), store.seed(), arena).text);
}

}  // namespace minato::cache
