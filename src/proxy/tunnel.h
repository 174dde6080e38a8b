// Carries the bytes of an upgraded connection both ways until both have ended, or one breaks.
#pragma once

#include "connection/call.h"
#include "http/handler.h"
#include "runtime/loop.h"

namespace minato::proxy {

/// A half-close passes through; silence of both sides for `idle` ends it (zero: never).
/// `client` and `origin` live until the task is done.
Task<void> relay_tunnel(runtime::Loop& loop, http::Tunnel& client, connection::Call& origin,
                        Millis idle);

}  // namespace minato::proxy
