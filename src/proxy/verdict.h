// One place that turns what went wrong upstream into what is said of it, and into whether it is
// tried again.
#pragma once

#include <optional>

#include "base/time.h"
#include "http/handler.h"

namespace minato::proxy {

/// How far an attempt had come.
enum class Phase : std::uint8_t {
  connecting,  ///< nothing was sent
  waiting,     ///< the request, or some of it, was sent; no final head has come
  relaying,    ///< the response was begun
};

http::Reason upstream_reason(const Error& error, Phase phase);

/// What an attempt leaves behind when it fails.
struct Attempt {
  Phase phase = Phase::connecting;
  bool sent_any = true;         ///< the kernel took a byte of the request: it may have been seen
  bool received_any = false;    ///< a byte of a response was seen
  bool body_repeatable = true;  ///< the request's body can be sent again: none of it is lost
  bool first_piece_sent = false;
  Instant head_sent = never;  ///< where the request's body had to be waited for
  Instant sent = never;       ///< when the last of the request was written, or given up
  std::optional<http::Failure> client_failed;  ///< while the origin was awaited
  Error error{};
};

/// RFC 9110 9.2.2: a lost exchange is repeated where repeating does no harm, which is where the
/// method is idempotent or nothing of the request was sent. Never after a timeout of the response:
/// the origin is at work on it.
bool may_retry(const Attempt& attempt, http::Method method);

/// How long a client whose exchange failed so is told to wait before it asks again; 0: nothing.
Seconds retry_after(http::Reason reason);

/// What a failure to read the request's body means.
http::Failure downstream_failure(const Error& error);

}  // namespace minato::proxy
