// Who a request is addressed to: `host [":" port]` (RFC 3986 3.2, RFC 9110 4.2 and 7.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace minato::http {

struct Authority {
  std::string_view host;              ///< as written; an IPv6 address with its brackets
  std::optional<std::uint16_t> port;  ///< absent too where nothing follows the colon
};

/// The longest host that is looked at: a domain name has 253 characters.
inline constexpr std::size_t host_bytes_max = 255;

/// Strict; nullopt for what is not an authority, and for what the grammar allows but two readers
/// would not agree on: an empty host, userinfo (RFC 9110 4.2.4), percent-encoding in a name, a
/// comma (which is how some join two Host lines), IPvFuture and zone identifiers.
std::optional<Authority> parse_authority(std::string_view text) noexcept;

/// An authority as it is written, in two.
struct HostAndPort {
  std::string_view host;  ///< with the brackets of an IPv6 address
  std::string_view port;  ///< behind the colon; empty where there is none
};
/// Of any text: what no authority is, is cut somewhere.
HostAndPort split_authority(std::string_view text) noexcept;

/// The inside of an IP literal, without brackets (RFC 3986 3.2.2).
bool is_ipv6_address(std::string_view text) noexcept;

}  // namespace minato::http
