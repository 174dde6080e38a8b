// Small text functions over ASCII, as the protocols mean it: no locale, no allocation.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace minato {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}

/// Without spaces and tabs at both ends.
constexpr std::string_view trim(std::string_view s) {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back())) s.remove_suffix(1);
  return s;
}

/// The value of hexadecimal digit `c`, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// All of `s` as an unsigned number without sign or spaces; nullopt where it is not one or
/// overflows.
template <std::unsigned_integral N>
constexpr std::optional<N> parse_number(std::string_view s, int base = 10) {
  if (s.empty() || hex_value(s.front()) < 0) return std::nullopt;
  N value{};
  const auto [end, code] = std::from_chars(s.data(), s.data() + s.size(), value, base);
  if (code != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

/// What stands before the first `separator`; `rest` becomes what stands behind it (empty where
/// there is none).
constexpr std::string_view take_until(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return head;
}

}  // namespace minato
