#include "cache/cookies.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "http/tokens.h"

namespace minato::cache {
namespace {

/// PHP takes `a.b`, `a b` and `a[b` for `a_b`; ASP.NET tells no case.
constexpr char fold(char c) { return c == '.' || c == ' ' || c == '[' ? '_' : to_lower(c); }

bool reads_as(std::string_view own, std::string_view name) {
  return std::ranges::equal(own, name, {}, fold, fold);
}

/// Perl's CGI::Cookie reads `l%61ng` as `lang`, and PHP before 7.4.11 `+lang`, too.
constexpr std::string_view escapes = "%+";

bool has_escaped_name(std::string_view text) {
  bool is_of_value = false;
  while (!text.empty()) {
    const auto at = std::min(text.find_first_of(escapes), text.size());
    const auto before = text.substr(0, at);
    if (const auto mark = before.find_last_of(";,= \t\n"); mark != before.npos)
      is_of_value = before[mark] == '=';
    text.remove_prefix(at);
    const auto end = std::ranges::find_if_not(text, http::is_tchar);
    text = {end, text.end()};
    const auto next = text.find_first_not_of(" \t");
    if (!is_of_value && next != text.npos && text[next] == '=') return true;
  }
  return false;
}

/// Whether `name` stands in `text`, between what is part of no name.
bool has_name(std::string_view text, std::string_view name) {
  const auto ends = [text](std::size_t at) {
    return at >= text.size() || !http::is_tchar(text[at]);
  };
  for (std::size_t at = 0; at + name.size() <= text.size(); ++at)
    if ((at == 0 || ends(at - 1)) && ends(at + name.size()) &&
        reads_as(text.substr(at, name.size()), name))
      return true;
  return false;
}

/// Python takes these for attributes of the cookie before, and where there is none gives up.
bool is_attribute(std::string_view name) {
  constexpr std::array<std::string_view, 10> attributes{
      "expires", "path",    "comment",  "domain",   "max-age",
      "secure",  "version", "httponly", "samesite", "partitioned"};
  return name.starts_with('$') ||
         std::ranges::any_of(attributes, [name](auto one) { return iequals(one, name); });
}

/// cookie-octet of RFC 6265 4.1.1.
constexpr bool is_cookie_octet(char c) {
  return http::is_visible(c) && c != '"' && c != ',' && c != ';' && c != '\\';
}

/// cookie-pair of RFC 6265 4.1.1.
bool is_plain_pair(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const bool is_name =
      http::is_token(name) && name.find_first_of(escapes) == name.npos && !is_attribute(name);
  if (equals == text.npos || !is_name) return false;
  auto value = text.substr(equals + 1);
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
    value = value.substr(1, value.size() - 2);
  return std::ranges::all_of(value, is_cookie_octet);
}

/// PHP leaves out what comes behind a thousand, or as many as it is told.
constexpr std::size_t plain_pairs_max = 100;

/// Semicolon and space, and no semicolon at the end: Ruby's WEBrick takes no other for a separator.
bool is_plain(std::string_view text) {
  for (std::size_t count = 0; !text.empty(); ++count) {
    const bool is_last = !text.contains(';');
    if (count == plain_pairs_max || !is_plain_pair(take_until(text, ';'))) return false;
    if (!is_last && !text.starts_with(' ')) return false;
    if (!is_last) text.remove_prefix(1);
  }
  return true;
}

}  // namespace

Cookies::Cookies(const http::Fields& request)
    : text(request.combined(http::FieldId::cookie, "\n")),
      are_plain(is_plain(text)),
      may_have_any(!are_plain && has_escaped_name(text)) {}

/// What is not plain is one with all that stands beside it, as that may decide whether it counts.
std::optional<Cookie> CookieSearch::next() {
  if (all_are_plain_) return next_of_plain();
  const auto all = std::exchange(rest_, {});
  if (all.empty() || !(may_have_any_ || has_name(all, name_))) return std::nullopt;
  return Cookie{.text = all};
}

std::optional<Cookie> CookieSearch::next_of_plain() {
  while (!rest_.empty()) {
    auto pair = take_until(rest_, ';');
    if (pair.starts_with(' ')) pair.remove_prefix(1);
    auto value = pair;
    const auto name = take_until(value, '=');
    if (name == name_) return Cookie{.is_plain = true, .text = value};
    if (reads_as(name, name_)) return Cookie{.text = pair};
  }
  return std::nullopt;
}

}  // namespace minato::cache
