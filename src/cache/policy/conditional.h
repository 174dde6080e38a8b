// Conditions of requests (RFC 9110 13), as a cache evaluates them (RFC 9111 4.3).
#pragma once

#include "http/message.h"

namespace minato::cache {

/// RFC 9110 8.8.3.2: for If-None-Match, where W/"a" and "a" are the same.
bool weakly_equal(std::string_view a, std::string_view b);

/// True where the stored response that would be served is the one that the client has already, so
/// that 304 answers (RFC 9111 4.3.2). If-None-Match is asked first and alone decides (RFC 9110
/// 13.1.3). `stored` is a 200; `method` GET or HEAD.
bool is_not_modified(const http::Fields& request, const http::Fields& stored);

/// True where the request has a condition that only the origin can evaluate: If-Match,
/// If-Unmodified-Since (RFC 9110 13.1.1, 13.1.4). It is forwarded as it is.
bool asks_origin_alone(const http::Fields& request);

/// Whether the 304 that came speaks of `stored` (RFC 9111 4.3.4), whose validators alone were sent.
/// Where an entity tag was sent, it does whatever tag it bears: nothing else can be meant, and the
/// stored tag stays. The RFC would have it ignored; the public suite requires it.
bool validates(const http::Fields& not_modified, const http::Fields& stored);

/// The fields that a 304 has of the 200 it stands for (RFC 9110 15.4.5).
bool belongs_in_not_modified(const http::Field& field);

}  // namespace minato::cache
