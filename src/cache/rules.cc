#include "cache/rules.h"

#include <algorithm>

#include "http/tokens.h"

namespace minato::cache {
namespace {

Seconds seconds(Millis span) { return std::chrono::ceil<Seconds>(span); }

}  // namespace

std::optional<schema::Rejection> check_field_name(std::string_view text) {
  if (http::is_token(text)) return std::nullopt;
  return schema::Rejection{};
}

ServiceRules::ServiceRules(ServiceCacheOptions options) : options_(std::move(options)) {
  for (const std::string& field : options_.targeted_fields) targeted_.emplace_back(field);
}

ReadingRules ServiceRules::reading() const {
  return {.targeted_fields = targeted_, .ttl_applies_to_cookies = options_.ttl_applies_to_cookies};
}

StoringRules ServiceRules::storing() const {
  return {.freshness = freshness(), .set_cookie = options_.set_cookie, .stale = stale()};
}

ReuseRules ServiceRules::reuse() const { return {.freshness = freshness(), .stale = stale()}; }

FreshnessRules ServiceRules::freshness() const { return {.default_ttl = seconds(options_.ttl)}; }

StaleRules ServiceRules::stale() const {
  return {.while_revalidate = seconds(options_.stale_while_revalidate),
          .if_error = seconds(options_.stale_if_error)};
}

bool ServiceRules::is_tag_field(const http::Field& line) const {
  return std::ranges::any_of(options_.tags.fields,
                             [&](const std::string& name) { return iequals(name, line.name); });
}

}  // namespace minato::cache
