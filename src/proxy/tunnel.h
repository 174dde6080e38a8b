// Carries the bytes of an upgraded connection both ways until both have ended, or one breaks.
#pragma once

#include <optional>

#include "connection/call.h"
#include "http/handler.h"
#include "runtime/loop.h"

namespace minato::proxy {

/// What is left of a tunnel once one side has ended may be silent for no longer than this: where
/// the other side has vanished, nothing else would tell.
inline constexpr Millis half_closed_idle_max = 60s;

/// Why it ended; none where both sides ended in good order.
///
/// A half-close passes through. Silence of both sides for `idle` ends it (zero: never).
/// `client` and `origin` live until the task is done.
Task<std::optional<http::Failure>> relay_tunnel(runtime::Loop& loop, http::Tunnel& client,
                                                connection::Call& origin, Millis idle);

}  // namespace minato::proxy
