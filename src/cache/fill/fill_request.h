// What a fill asks the origin, made of the request of one client.
#pragma once

#include "cache/policy/facts.h"
#include "cache/store/entry.h"
#include "http/message.h"

namespace minato::cache {

/// All of it, into `arena`.
void copy_head(const http::RequestHead& from, http::RequestHead& to, Arena& arena);
void copy_head(const http::ResponseHead& from, http::ResponseHead& to, Arena& arena);

/// What one request says of caching counts for its own answer: a fill is for all who ask.
RequestFacts facts_for_others(const http::RequestHead& head);

/// `head` as a request that fills the cache: without conditions of the client's own, and with one
/// that asks whether `validated` (may be null) still holds (RFC 9111 4.3.1). The range that the
/// client wants stays, but where all of a whole is asked about. `into` gets views of both.
void compose_fill_request(const http::RequestHead& head, const Entry* validated,
                          http::RequestHead& into);

}  // namespace minato::cache
