// What went wrong, as facts. What follows from it (a status, a retry, a log level) is decided
// elsewhere.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <type_traits>

namespace minato {

/// Whose doing it was.
enum class Side : std::uint8_t { local, downstream, upstream };

enum class Fault : std::uint8_t {
  refused,           ///< the peer does not take connections
  timed_out,         ///< a deadline passed
  closed,            ///< an orderly end where more was due
  reset,             ///< the connection broke
  malformed,         ///< the peer broke the protocol
  too_large,         ///< over a limit
  fields_too_large,  ///< a field section over its limit
  not_found,         ///< a name that does not resolve, a file that is not there
  denied,            ///< permission, or an address in use
  resource,          ///< we are out of something: descriptors, memory, slots
  cancelled,         ///< we gave it up ourselves
};

struct Error {
  Fault fault = Fault::closed;
  Side side = Side::local;
  int os_errno = 0;         ///< 0 where the kernel was not involved
  const char* detail = "";  ///< static text, safe to log

  friend bool operator==(const Error&, const Error&) = default;
};
static_assert(std::is_trivially_copyable_v<Error>);

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Fault fault, Side side, const char* detail, int os_errno = 0) {
  return std::unexpected(Error{fault, side, os_errno, detail});
}

/// The fault that an errno of a socket call means.
Fault fault_of_errno(int os_errno) noexcept;

/// One word for a log line.
std::string_view name(Fault fault) noexcept;
std::string_view name(Side side) noexcept;

}  // namespace minato
