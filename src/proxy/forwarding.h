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
///
/// A departure from RFC 9110 5.1, by which unknown names are forwarded: one that differs from a
/// framing field, from what is replaced or from the request id only in `_` for `-` is not. Origins
/// that are called through CGI take it for the other.
void forward_fields(const http::Request& request, const ForwardingOptions& options,
                    std::string_view pseudonym, http::Fields& out);

/// Fills `out`, which is empty, with what of `trailers` goes on: neither what `connection`, all of
/// the message's Connection, names (RFC 9110 7.6.1) nor another value for the field `request_id`.
void forward_trailers(const http::Fields& trailers, std::string_view connection,
                      std::string_view request_id, http::Fields& out);

/// True where Via says that the request has been through this instance already.
bool has_passed_through(const http::Fields& fields, std::string_view pseudonym);

}  // namespace minato::proxy
