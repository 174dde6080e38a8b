// The characters and small grammars that all of HTTP is made of (RFC 9110 5.6).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
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

namespace detail {

constexpr bool all_value_chars(std::string_view text) {
  for (const char c : text)
    if (!is_value_char(c)) return false;
  return true;
}

constexpr std::uint64_t eight_times(std::uint8_t byte) { return 0x0101010101010101u * byte; }

/// True where one of eight bytes is below 0x20 or is 0x7f: a control character, or a harmless tab.
inline bool may_have_control(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  const std::uint64_t del = word ^ eight_times(0x7f);  // a byte 0x7f is a byte 0 here
  const std::uint64_t below_space = (word - eight_times(0x20)) & ~word;
  const std::uint64_t below_one = (del - eight_times(1)) & ~del;
  return ((below_space | below_one) & eight_times(0x80)) != 0;
}

}  // namespace detail

/// Only bytes that may stand in a field value. Eight bytes a step, the last eight read again where
/// they are no whole step; vector instructions would pay only on values longer than most are.
inline bool is_field_value(std::string_view text) {
  constexpr std::size_t step = sizeof(std::uint64_t);
  if (text.size() < step) return detail::all_value_chars(text);
  const auto fits = [text](std::size_t at) {
    return !detail::may_have_control(text.data() + at) ||
           detail::all_value_chars(text.substr(at, step));
  };
  const std::size_t last = text.size() - step;
  for (std::size_t at = 0; at < last; at += step)
    if (!fits(at)) return false;
  return fits(last);
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
