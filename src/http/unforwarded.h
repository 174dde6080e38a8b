// Fields of a request that do not reach its next recipient as they are. Whoever tells requests
// apart by what an origin gets of them must not look at these.
#pragma once

#include "http/fields.h"

namespace minato::http {

/// Removes the fields that Connection names (RFC 9110 7.6.1), and leaves Connection itself.
///
/// A name in it that is known to be meant for all recipients (any FieldId, and X-Forwarded-*) is
/// ignored: RFC 9110 7.6.1 forbids such an option, and obeying it would let a client strip
/// credentials, cache directives, framing or the forwarding chain on its way to the origin.
void remove_nominated(Fields& fields);

/// It says where a request comes from, in any spelling that an origin may take for that: only a
/// trusted proxy is believed, and what others say goes no further.
bool claims_a_way(const Field& line);
/// Removes such lines.
void remove_claims(Fields& fields);

}  // namespace minato::http
