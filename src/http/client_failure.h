// What a failure to send the client a response means, whoever sent it.
#pragma once

#include "http/handler.h"

namespace minato::http {

/// One of side local is the origin's doing: it gave what cannot be written.
inline Failure client_write_failure(const Error& error) {
  if (error.side == Side::local) return {.reason = Reason::upstream_malformed, .error = error};
  const bool slow = error.fault == Fault::timed_out;
  return {.reason = slow ? Reason::client_too_slow : Reason::client_gone, .error = error};
}

/// What the exchange comes to whose last write that was.
inline Outcome outcome_of_write(const Result<void>& sent) {
  if (!sent) return std::unexpected(client_write_failure(sent.error()));
  return {};
}

}  // namespace minato::http
