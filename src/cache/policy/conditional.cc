#include "cache/policy/conditional.h"

#include "http/date.h"
#include "http/tokens.h"

namespace minato::cache {
namespace {

using http::Field;
using http::FieldId;

std::string_view opaque(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

bool lists_etag(const http::Fields& request, std::string_view etag) {
  bool listed = false;
  request.for_each([&](const Field& line) {
    if (line.id != FieldId::if_none_match) return;
    http::ListElements elements(line.value);
    while (const auto element = elements.next())
      listed |= *element == "*" || (!etag.empty() && weakly_equal(*element, etag));
  });
  return listed;
}

/// RFC 9110 13.1.3: a date that is none, or several, is no condition. What does not say when it was
/// changed was not changed after it was sent (RFC 9111 4.3.2).
bool unchanged_since(const http::Fields& request, const http::Fields& stored) {
  if (request.count_of(FieldId::if_modified_since) != 1) return false;
  const auto asked = request.value(FieldId::if_modified_since);
  const bool says = stored.has(FieldId::last_modified);
  const auto changed = stored.value(says ? FieldId::last_modified : FieldId::date);
  const http::FieldDate now =
      std::chrono::floor<Seconds>(std::chrono::sys_days{} + std::chrono::days(20'000));
  const auto since = http::parse_date(asked, now);
  const auto modified = http::parse_date(changed, now);
  return since && modified && *modified <= *since;
}

}  // namespace

bool weakly_equal(std::string_view a, std::string_view b) { return opaque(a) == opaque(b); }

bool is_not_modified(const http::Fields& request, const http::Fields& stored) {
  if (request.has(FieldId::if_none_match)) return lists_etag(request, stored.value(FieldId::etag));
  return unchanged_since(request, stored);
}

bool asks_origin_alone(const http::Fields& request) {
  return request.has(FieldId::if_match) || request.has(FieldId::if_unmodified_since);
}

bool validates(const http::Fields& not_modified, const http::Fields& stored) {
  const auto etag = not_modified.value(FieldId::etag);
  if (!etag.empty()) return stored.has(FieldId::etag);
  const auto modified = not_modified.value(FieldId::last_modified);
  return modified.empty() || modified == stored.value(FieldId::last_modified);
}

bool belongs_in_not_modified(const Field& field) {
  switch (field.id) {
    case FieldId::cache_control:
    case FieldId::content_location:
    case FieldId::date:
    case FieldId::etag:
    case FieldId::expires:
    case FieldId::last_modified:
    case FieldId::set_cookie:
    case FieldId::vary: return true;
    default: return !iequals(field.name.substr(0, 8), "content-");
  }
}

}  // namespace minato::cache
