// The fields of a forwarded request: what the client sent, less what is meant for one connection
// alone, plus what tells the origin of the way that the request took.
#pragma once

#include <string_view>

#include "http/handler.h"
#include "proxy/options.h"

namespace minato::proxy {

/// Fills `out`, which is empty, with views of the request and of its arena. Framing fields are left
/// out: the connection to the origin adds its own.
///
/// What a client that is not trusted claims in X-Forwarded-*, X-Real-IP and Forwarded is replaced;
/// to what a trusted proxy says, this hop is appended. `pseudonym` names this instance in Via.
void forward_fields(const http::Request& request, const ForwardingOptions& options,
                    std::string_view pseudonym, http::Fields& out);

/// True where Via says that the request has been through this instance already.
bool has_passed_through(const http::Fields& fields, std::string_view pseudonym);

}  // namespace minato::proxy
