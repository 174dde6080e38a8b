// The characters and small grammars that all of HTTP is made of (RFC 9110 5.6).
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/strings.h"
#include "http/char_sets.h"

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

/// Visible ASCII (VCHAR of RFC 5234).
constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

/// Where the first element of a comma list ends: at a comma, or with the list. A comma inside a
/// quoted string separates nothing.
constexpr std::size_t element_end(std::string_view list) {
  std::size_t at = 0;
  bool quoted = false;
  for (; at < list.size() && (quoted || list[at] != ','); ++at) {
    if (list[at] == '"') quoted = !quoted;
    if (quoted && list[at] == '\\') ++at;
  }
  return at < list.size() ? at : list.size();
}

/// The elements of a comma list, one by one, without the white space around them; empty elements
/// are passed over (RFC 9110 5.6.1.2).
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
    const auto element = rest_.substr(0, element_end(rest_));
    rest_.remove_prefix(element.size() < rest_.size() ? element.size() + 1 : rest_.size());
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
