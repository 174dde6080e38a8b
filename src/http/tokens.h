// The characters and small grammars that all of HTTP is made of (RFC 9110 5.6).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/strings.h"

namespace minato::http {

namespace detail {

consteval std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 128; ++c)
    table[c] = is_alpha(static_cast<char>(c)) || is_digit(static_cast<char>(c));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
inline constexpr std::array<bool, 256> token_chars = token_table();

}  // namespace detail

/// tchar of RFC 9110 5.6.2.
constexpr bool is_tchar(char c) { return detail::token_chars[static_cast<unsigned char>(c)]; }

/// RFC 9110 5.6.2: one tchar at least.
constexpr bool is_token(std::string_view text) {
  for (const char c : text)
    if (!is_tchar(c)) return false;
  return !text.empty();
}

/// A byte that may stand in a field value: visible ASCII, obs-text, space or tab (RFC 9110 5.5).
constexpr bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

/// Without an early exit, so that compilers turn it into vector code.
constexpr bool is_field_value(std::string_view text) {
  bool valid = true;
  for (const char c : text) valid &= is_value_char(c);
  return valid;
}

/// Visible ASCII (VCHAR of RFC 5234).
constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

/// The elements of a comma list, one by one, without the white space around them; empty elements
/// are passed over (RFC 9110 5.6.1.2). A comma inside a quoted string separates nothing.
class ListElements {
 public:
  explicit constexpr ListElements(std::string_view list) : rest_(list) {}

  /// The next element, or nullopt at the end.
  constexpr std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      const auto element = trim(take_element());
      if (!element.empty()) return element;
    }
    return std::nullopt;
  }

 private:
  constexpr std::string_view take_element() {
    std::size_t at = 0;
    bool quoted = false;
    for (; at < rest_.size() && (quoted || rest_[at] != ','); ++at) {
      if (rest_[at] == '"') quoted = !quoted;
      if (quoted && rest_[at] == '\\') ++at;
    }
    const auto element = rest_.substr(0, at);
    rest_.remove_prefix(at < rest_.size() ? at + 1 : rest_.size());
    return element;
  }

  std::string_view rest_;
};

/// True where `token` is an element of the comma list `list`, compared without case.
constexpr bool list_has(std::string_view list, std::string_view token) {
  ListElements elements(list);
  while (const auto element = elements.next())
    if (iequals(*element, token)) return true;
  return false;
}

}  // namespace minato::http
