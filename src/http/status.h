// Status codes (RFC 9110 15).
#pragma once

#include <cstdint>
#include <string_view>

namespace minato::http {

/// The registered phrase; empty where there is none.
std::string_view reason_phrase(std::uint16_t status) noexcept;

/// False for 1xx, 204 and 304, whose responses end with their head (RFC 9110 6.4.1). What answers
/// HEAD has no content either, whatever its status.
constexpr bool may_have_content(std::uint16_t status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace minato::http
