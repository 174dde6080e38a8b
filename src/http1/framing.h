// Where a message ends (RFC 9112 6.3): pure functions over a head. Framing is a security boundary:
// what two parsers could read differently is refused, never repaired.
#pragma once

#include <cstdint>
#include <optional>

#include "http/message.h"
#include "http1/refusal.h"

namespace minato::http1 {

/// Never `to_close`. Refusals: malformed_request (400), transfer_coding_not_implemented (501, for a
/// well-formed list that ends in `chunked` but names another coding too).
Accepted<http::BodyLength> request_body_length(const http::RequestHead& head);

/// The body that follows `head` on the wire when it answers a request of method `request`: none
/// after HEAD, 1xx, 204 and 304. Refusals: upstream_malformed.
Accepted<http::BodyLength> response_body_length(const http::ResponseHead& head,
                                                http::Method request);

/// The Content-Length of a head that was accepted, whether or not a body follows (HEAD, 304).
std::optional<std::uint64_t> content_length(const http::Fields& fields);

}  // namespace minato::http1
