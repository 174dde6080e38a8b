#include "cache/policy/facts.h"

#include <algorithm>
#include <array>

#include "http/tokens.h"

namespace minato::cache {
namespace {

using http::FieldId;

// RFC 9110 15.1.
constexpr std::array<std::uint16_t, 12> heuristic_statuses{200, 203, 204, 206, 300, 301,
                                                           308, 404, 405, 410, 414, 501};
// The final ones of RFC 9110 15, but for 304, which is about what is stored already, and 305 and
// 306, which mean nothing any more.
constexpr std::array<std::uint16_t, 40> understood_statuses{
    200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 307, 308, 400,
    401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414,
    415, 416, 417, 421, 422, 426, 500, 501, 502, 503, 504, 505};

/// A date of the only line of that name; nullopt where there is none, several or no date.
std::optional<http::FieldDate> only_date(const http::Fields& fields, FieldId id,
                                         http::FieldDate now) {
  if (fields.count_of(id) != 1) return std::nullopt;
  return http::parse_date(fields.value(id), now);
}

/// An entity tag is at least a pair of quotes (RFC 9110 8.8.3); what is none identifies nothing
/// strongly.
bool is_strong(std::string_view etag) { return etag.size() >= 2 && etag.front() == '"'; }

/// Where Minato itself says who asks, or which request it is, so that no two clients say the same.
bool is_said_of_each(std::string_view name) {
  switch (http::field_id_as_variable(name)) {
    case FieldId::forwarded:
    case FieldId::x_forwarded_for:
    case FieldId::x_real_ip:
    case FieldId::x_request_id: return true;
    default: return false;
  }
}

/// Each is looked for in every request; of more, no two are likely to say the same.
constexpr std::size_t vary_names_max = 100;

/// What is no name of a field might have been meant to be one.
bool varies_on_all(const http::Fields& fields) {
  bool all = false;
  std::size_t names = 0;
  fields.for_each([&](const http::Field& line) {
    if (line.id != FieldId::vary) return;
    http::ListElements elements(line.value);
    for (; const auto element = elements.next(); ++names)
      all |= *element == "*" || !http::is_token(*element) || is_said_of_each(*element);
  });
  return all || names > vary_names_max;
}

/// As if it had not said that it is one user's, or not to be stored.
void overrule(ResponseFacts& facts) {
  http::ResponseDirectives& said = facts.freshness.directives;
  facts.is_overruled = said.private_ || said.no_store || said.no_cache || facts.has_set_cookie;
  said.private_ = said.no_store = said.no_cache = facts.has_set_cookie = false;
}

}  // namespace

bool is_heuristically_cacheable(std::uint16_t status) {
  return std::ranges::binary_search(heuristic_statuses, status);
}

bool is_understood(std::uint16_t status) {
  return std::ranges::binary_search(understood_statuses, status);
}

Seconds age_of(const http::Fields& fields) {
  const auto value = fields.value(FieldId::age);
  // A parameter may follow the number, as it may any Structured Field (RFC 9651 3.3.1).
  const auto first = value.substr(0, value.find_first_of(",;"));
  return http::parse_delta_seconds(trim(first)).value_or(Seconds(0));
}

RequestFacts request_facts(const http::RequestHead& head) {
  return {.method = head.method,
          .directives = http::request_directives(head.fields),
          .has_authorization = head.fields.has(FieldId::authorization),
          .has_cookie = head.fields.has(FieldId::cookie)};
}

ResponseFacts response_facts(const http::ResponseHead& head, const RequestFacts& request,
                             const Transit& transit, const ReadingRules& rules) {
  const http::Fields& fields = head.fields;
  const auto governing = http::response_directives(fields, rules.targeted_fields);
  const auto now = http::field_date(transit.response_received);
  ResponseFacts facts;
  facts.status = head.status;
  facts.freshness = {.request_sent = transit.request_sent,
                     .response_received = transit.response_received,
                     .date = only_date(fields, FieldId::date, now),
                     .expires = only_date(fields, FieldId::expires, now),
                     .last_modified = only_date(fields, FieldId::last_modified, now),
                     .age = age_of(fields),
                     .directives = governing.directives,
                     .targeted = governing.targeted,
                     .heuristically_cacheable =
                         is_heuristically_cacheable(head.status) || governing.directives.public_,
                     .takes_default_ttl = is_heuristically_cacheable(head.status),
                     .authorized = request.has_authorization,
                     .has_cookies = request.has_cookie || fields.has(FieldId::set_cookie)};
  facts.freshness.expires_invalid = fields.has(FieldId::expires) && !facts.freshness.expires;
  facts.has_etag = fields.has(FieldId::etag);
  facts.has_strong_etag = is_strong(fields.value(FieldId::etag));
  facts.has_set_cookie = fields.has(FieldId::set_cookie);
  facts.varies_on_all = varies_on_all(fields);
  facts.targeting = rules.targeting;
  if (rules.overrules) overrule(facts);
  return facts;
}

}  // namespace minato::cache
