// IPv6 addresses as text (RFC 4291 2.2, RFC 3986 3.2.2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace minato::http {

/// In network order.
using Ipv6Bytes = std::array<std::uint8_t, 16>;

/// The inside of an IP literal, without brackets; nullopt where it is none. A zone is none.
std::optional<Ipv6Bytes> parse_ipv6(std::string_view text) noexcept;

}  // namespace minato::http
