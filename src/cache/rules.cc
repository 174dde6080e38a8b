#include "cache/rules.h"

#include <algorithm>

#include "http/tokens.h"
#include "schema/kinds.h"
#include "schema/problem.h"

namespace minato::cache {
namespace {

Seconds seconds(Millis span) { return std::chrono::ceil<Seconds>(span); }

}  // namespace

std::optional<schema::Rejection> check_field_name(std::string_view text) {
  if (http::is_token(text)) return std::nullopt;
  return schema::Rejection{};
}

std::optional<schema::Rejection> check_stored_status(std::string_view text) {
  const auto listed = schema::Kind<schema::StatusOrClass>::parse(text);
  const bool never = listed && !listed->is_class() && is_never_stored(listed->first);
  if (!never && !text.starts_with('1')) return std::nullopt;
  return schema::Rejection{schema::in_quotes(text) + " is never stored",
                           "allowed: final statuses but 304, 412 and 416, and classes (404, 5xx)",
                           {}};
}

ServiceRules::ServiceRules(ServiceCacheOptions options) : options_(std::move(options)) {
  for (const std::string& field : options_.targeted_fields) targeted_.emplace_back(field);
}

ReadingRules ServiceRules::reading() const {
  return {.targeted_fields = targeted_, .ttl_applies_to_cookies = options_.ttl_applies_to_cookies};
}

StoringRules ServiceRules::storing(std::uint16_t status) const {
  return {.freshness = freshness(status), .set_cookie = options_.set_cookie, .stale = stale()};
}

ReuseRules ServiceRules::reuse(std::uint16_t status) const {
  return {.freshness = freshness(status), .stale = stale()};
}

FreshnessRules ServiceRules::freshness(std::uint16_t status) const {
  return {.default_ttl = seconds(options_.ttl), .status_ttl = status_ttl(status)};
}

/// A status comes before its class.
std::optional<Seconds> ServiceRules::status_ttl(std::uint16_t status) const {
  const auto& listed = options_.status_ttl;
  if (listed.empty()) return std::nullopt;
  const auto hundred = static_cast<std::uint16_t>(status / 100 * 100);
  auto found = listed.find({status, status});
  if (found == listed.end()) found = listed.find(schema::StatusOrClass::of_class(hundred));
  if (found == listed.end()) return std::nullopt;
  return seconds(found->second);
}

StaleRules ServiceRules::stale() const {
  return {.while_revalidate = seconds(options_.stale_while_revalidate),
          .if_error = seconds(options_.stale_if_error)};
}

bool ServiceRules::is_tag_field(const http::Field& line) const {
  return std::ranges::any_of(options_.tags.fields,
                             [&](const std::string& name) { return iequals(name, line.name); });
}

}  // namespace minato::cache
