// Asks the running program over its control socket, and waits for the answer.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace minato::cli {

struct ControlAnswer {
  std::uint16_t status = 0;
  std::string body;
};

struct ControlQuestion {
  std::string socket;  ///< path
  std::string_view method;
  std::string_view path;    ///< and query
  std::string_view body{};  ///< of a POST
  unsigned user = 0;        ///< who asks: does not speak to a stranger's socket
  Millis patience = 60s;    ///< for each step: a reload may open many ports
};

/// Blocks. Errors: not_found and refused where nobody listens, denied where the caller may not ask,
/// timed_out, malformed, too_large (over 256 MiB).
Result<ControlAnswer> ask(const ControlQuestion& question);

}  // namespace minato::cli
