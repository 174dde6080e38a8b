// What an upstream's URL adds to the targets of its requests: a base path and a query.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "http/message.h"
#include "http/url.h"

namespace minato::upstream {

/// The target to send to an upstream: `http://b/base?k=v` and `/x?y=1` make `/base/x?k=v&y=1`.
/// Nothing else of the path changes; `*` stays. Takes no memory where the URL adds nothing.
/// An absolute target without a path becomes "/", or "*" for OPTIONS (RFC 9112 3.2.4).
std::string_view upstream_target(const http::Target& target, http::Method method,
                                 const http::OriginUrl& url, Arena& arena);

/// The Host field of a request that names none: the URL's own host, with the port where it is
/// not 80. "localhost" for a Unix socket.
std::string host_field(const http::OriginUrl& url);

/// The same for the target of a health check: an absolute path, perhaps with a query.
std::string health_target(std::string_view health_uri, const http::OriginUrl& url);

}  // namespace minato::upstream
