#include "http/authority.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace minato::http {
namespace {

// unreserved and sub-delims of RFC 3986 2, without the comma.
consteval std::array<bool, 256> name_table() {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 128; ++c)
    table[c] = is_alpha(static_cast<char>(c)) || is_digit(static_cast<char>(c));
  for (const char c : std::string_view("-._~!$&'()*+;="))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> name_chars = name_table();

constexpr bool is_name_char(char c) { return name_chars[static_cast<unsigned char>(c)]; }

bool is_decimal_octet(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return false;
  return text.size() <= 3 && std::ranges::all_of(text, is_digit) &&
         parse_number<std::uint8_t>(text);
}

bool is_ipv4_address(std::string_view text) {
  for (int dots = 0; dots < 3; ++dots) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || !is_decimal_octet(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_decimal_octet(text);
}

bool is_h16(std::string_view text) {
  return !text.empty() && text.size() <= 4 &&
         std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}

// How many 16-bit groups the colon list `text` has; -1 where it is not one. An IPv4 address may be
// its last element, where `last` says that these groups end the address.
int count_groups(std::string_view text, bool last) {
  if (text.empty()) return 0;
  for (int groups = 0;;) {
    const auto colon = text.find(':');
    const auto group = text.substr(0, colon);
    if (colon == std::string_view::npos && last && is_ipv4_address(group)) return groups + 2;
    if (!is_h16(group)) return -1;
    ++groups;
    if (colon == std::string_view::npos) return groups;
    text.remove_prefix(colon + 1);
  }
}

bool is_reg_name(std::string_view host) { return std::ranges::all_of(host, is_name_char); }

bool is_ip_literal(std::string_view host) {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
         is_ipv6_address(host.substr(1, host.size() - 2));
}

// The port behind the colon; false where it is none.
bool take_port(std::string_view text, std::optional<std::uint16_t>& port) {
  if (text.empty()) return true;  // RFC 3986 3.2.3: as if the colon were absent
  if (text.size() > 5 || !std::ranges::all_of(text, is_digit)) return false;
  port = parse_number<std::uint16_t>(text);
  return port.has_value();
}

}  // namespace

bool is_ipv6_address(std::string_view text) noexcept {
  if (text.size() > 45) return false;
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, true) == 8;
  const int before = count_groups(text.substr(0, gap), false);
  const int after = count_groups(text.substr(gap + 2), true);
  return before >= 0 && after >= 0 && before + after <= 7;
}

std::optional<Authority> parse_authority(std::string_view text) noexcept {
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const auto colon = text.find(':', bracket);

  Authority authority{text.substr(0, colon), std::nullopt};
  if (authority.host.empty() || authority.host.size() > host_bytes_max) return std::nullopt;
  if (!is_reg_name(authority.host) && !is_ip_literal(authority.host)) return std::nullopt;
  if (colon != std::string_view::npos && !take_port(text.substr(colon + 1), authority.port))
    return std::nullopt;
  return authority;
}

bool same_host(std::string_view a, std::string_view b) noexcept { return iequals(a, b); }

}  // namespace minato::http
