// Request methods (RFC 9110 9) and what may be assumed of them.
#pragma once

#include <cstdint>
#include <string_view>

namespace minato::http {

/// `other` is every method that is not listed: forwarded as it is, assumed neither safe nor
/// idempotent.
enum class Method : std::uint8_t {
  other,
  get,
  head,
  post,
  put,
  delete_,
  connect,
  options,
  trace,
  patch
};

/// Case-sensitive (RFC 9110 9.1).
Method method_of(std::string_view text) noexcept;

/// RFC 9110 9.2.1.
bool is_safe(Method method) noexcept;
/// RFC 9110 9.2.2: repeating it has no further effect, so a lost exchange may be tried again.
bool is_idempotent(Method method) noexcept;

}  // namespace minato::http
