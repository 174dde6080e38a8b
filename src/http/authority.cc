#include "http/authority.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "http/ipv6.h"

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

bool is_ipv6_address(std::string_view text) noexcept { return parse_ipv6(text).has_value(); }

HostAndPort split_authority(std::string_view text) noexcept {
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  const auto colon = bracket == std::string_view::npos ? bracket : text.find(':', bracket);
  if (colon == std::string_view::npos) return {.host = text, .port = {}};
  return {.host = text.substr(0, colon), .port = text.substr(colon + 1)};
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

}  // namespace minato::http
