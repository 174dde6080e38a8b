#include "cache/rules.h"

#include <algorithm>
#include <functional>

#include "base/hash.h"
#include "base/strings.h"
#include "cache/cookies.h"
#include "http/tokens.h"
#include "schema/kinds.h"
#include "schema/problem.h"

namespace minato::cache {
namespace {

Seconds seconds(Millis span) { return std::chrono::ceil<Seconds>(span); }

/// What is no error, and may be stored without a word of the origin (RFC 9110 15.1).
bool may_be_forced(std::uint16_t status) {
  return status < 400 && is_heuristically_cacheable(status);
}

/// What some origins take for a separator, or for the end of a path.
constexpr bool is_raw_doubt(char c) { return c == '\\' || c == ';'; }
constexpr bool is_escaped_doubt(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return is_raw_doubt(c) || c == '/' || c == '%' || c == '?' || c == '#' || byte < 0x20 ||
         byte == 0x7f;
}

/// Where it has bytes by which an origin may find another path than routing does (RFC 3986 7.3).
bool has_doubtful_bytes(std::string_view path) {
  if (std::ranges::any_of(path, is_raw_doubt)) return true;
  for (auto at = path.find('%'); at != path.npos; at = path.find('%', at + 1)) {
    const auto code = parse_number<std::uint8_t>(path.substr(at + 1, 2), 16);
    if (!code || is_escaped_doubt(static_cast<char>(*code))) return true;
  }
  return false;
}

/// Where it makes a difference whether slashes are merged before dot segments are resolved.
bool has_doubtful_slashes(std::string_view path, Arena& arena) {
  if (!path.contains("//")) return false;
  using http::MergeSlashes;
  const auto normal = [&](std::string_view text, MergeSlashes merge) {
    return http::normalize_path(text, merge, arena).value_or(text);
  };
  const auto late = normal(normal(path, MergeSlashes::no), MergeSlashes::yes);
  return late != normal(path, MergeSlashes::yes);
}

std::uint32_t targeting_of(std::span<const std::string> fields) {
  std::string text;
  for (const std::string& field : fields) {
    std::ranges::transform(field, std::back_inserter(text), to_lower);
    text += ',';
  }
  return static_cast<std::uint32_t>(hash_bytes(text, 0));
}

/// An origin may take X_A for X-A.
bool has_field(const http::Fields& fields, std::string_view name) {
  bool there = false;
  fields.for_each([&](const http::Field& line) { there |= http::same_variable(line.name, name); });
  return there;
}

}  // namespace

std::optional<schema::Rejection> check_field_name(std::string_view text) {
  if (http::is_token(text)) return std::nullopt;
  return schema::Rejection{};
}

std::optional<schema::Rejection> check_cookie_name(std::string_view text) {
  return check_field_name(text);  // a token as well (RFC 6265 4.1.1)
}

std::optional<schema::Rejection> check_parameter(std::string_view text) {
  const auto name = text.ends_with('*') ? text.substr(0, text.size() - 1) : text;
  if (text == "*" || is_plain_parameter(name)) return std::nullopt;
  return schema::Rejection{schema::in_quotes(text) + " is no name of parameters", {}, {}};
}

std::optional<schema::Rejection> check_path_prefix(std::string_view text) {
  BlockPool blocks;
  Arena arena(blocks);
  const bool fits = text.starts_with('/') && text.find_first_of("?#*") == text.npos &&
                    http::normalize_path(text, http::MergeSlashes::yes, arena).has_value();
  if (fits) return std::nullopt;
  const bool lacks_slash = http::is_token(text);
  return schema::Rejection{schema::in_quotes(text) + " is no path",
                           {},
                           lacks_slash ? "/" + std::string(text) : std::string{}};
}

std::optional<schema::Rejection> check_stored_status(std::string_view text) {
  const auto listed = schema::Kind<schema::StatusOrClass>::parse(text);
  const bool never = listed && !listed->is_class() && is_never_stored(listed->first);
  if (!never && !text.starts_with('1')) return std::nullopt;
  return schema::Rejection{schema::in_quotes(text) + " is never stored",
                           "allowed: final statuses but 304, 412 and 416, and classes (404, 5xx)",
                           {}};
}

PathPrefix::PathPrefix(std::string_view written, http::MergeSlashes merge) {
  BlockPool blocks;
  Arena arena(blocks);
  text_ = http::normalize_path(written, merge, arena).value_or(written);
  if (text_.ends_with('/')) text_.pop_back();
}

ServiceRules::ServiceRules(ServiceCacheOptions options, http::MergeSlashes merge,
                           std::string_view listener)
    : options_(std::move(options)), merge_(merge), key_(options_.key, listener) {
  for (const std::string& field : options_.targeted_fields) targeted_.emplace_back(field);
  targeting_ = targeting_of(options_.targeted_fields);
  for (const ForceOptions& wanted : options_.force)
    forces_.push_back({&wanted, PathPrefix(wanted.path, merge)});
  std::ranges::sort(forces_, std::greater{}, [](const Force& force) { return force.path.size(); });
  for (const BypassOptions& wanted : options_.bypass) {
    Bypass& bypass = bypasses_.emplace_back(wanted);
    if (wanted.path) bypass.path.emplace(*wanted.path, merge);
  }
}

/// As routing saw it; the root where an absolute target has none.
ServiceRules::MatchedPath ServiceRules::matched_path(std::string_view path, Arena& arena) const {
  if (path.empty()) return {.text = "/"};
  const auto normal = http::normalize_path(path, merge_, arena);
  if (!normal) return {.text = path, .is_doubtful = true};
  return {.text = *normal,
          .is_doubtful = has_doubtful_bytes(path) || has_doubtful_slashes(path, arena)};
}

RequestRules ServiceRules::match(const http::RequestHead& head, Arena& arena) const {
  const MatchedPath path = matched_path(head.target.path, arena);
  return {.forced = is_read(head.method) ? find_forced(path) : nullptr,
          .bypasses = fits_bypass(head.fields, path)};
}

const ForceOptions* ServiceRules::find_forced(const MatchedPath& path) const {
  if (path.is_doubtful) return nullptr;
  const auto found = std::ranges::find_if(
      forces_, [&](const Force& force) { return force.path.begins(path.text); });
  return found == forces_.end() ? nullptr : found->wanted;
}

bool ServiceRules::fits_bypass(const http::Fields& fields, const MatchedPath& path) const {
  std::optional<Cookies> cookies;
  const auto has_cookie = [&](std::string_view name) {
    if (!cookies) cookies.emplace(fields);
    return CookieSearch(*cookies, name).next().has_value();
  };
  return std::ranges::any_of(bypasses_, [&](const Bypass& bypass) {
    const auto& [cookie, header, prefix] = bypass.wanted;
    return (!cookie || has_cookie(*cookie)) && (!header || has_field(fields, *header)) &&
           (!prefix || path.is_doubtful || bypass.path->begins(path.text));
  });
}

ReadingRules ServiceRules::reading(std::uint16_t status, const ForceOptions* forced) const {
  return {.targeted_fields = targeted_,
          .targeting = targeting_,
          .overrules = forced != nullptr && forced->even_private && may_be_forced(status)};
}

StoringRules ServiceRules::storing(std::uint16_t status, const ForceOptions* forced) const {
  return {
      .freshness = freshness(status, forced), .set_cookie = options_.set_cookie, .stale = stale()};
}

ReuseRules ServiceRules::reuse(std::uint16_t status, const ForceOptions* forced) const {
  return {.freshness = freshness(status, forced), .stale = stale()};
}

FreshnessRules ServiceRules::freshness(std::uint16_t status, const ForceOptions* forced) const {
  FreshnessRules rules{.default_ttl = seconds(options_.ttl),
                       .ttl_applies_to_cookies = options_.ttl_applies_to_cookies,
                       .status_ttl = status_ttl(status)};
  if (forced == nullptr || !may_be_forced(status)) return rules;
  rules.forced_ttl = seconds(forced->ttl);
  rules.forces_private = forced->even_private;
  return rules;
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

std::span<const Url> forms_of(const Url& url, std::span<const ServiceRules* const> rules,
                              Arena& arena) {
  const auto forms = arena.array<Url>(1 + rules.size());
  auto end = forms.begin();
  *end++ = url;
  for (const ServiceRules* const one : rules)
    if (const Url own = one->as_keyed(url, arena); std::find(forms.begin(), end, own) == end)
      *end++ = own;
  return {forms.begin(), end};
}

}  // namespace minato::cache
