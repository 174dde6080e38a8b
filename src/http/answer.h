// The responses that Minato itself makes: a small body in the form that the client prefers, and
// fields that tell the reason (RFC 9457, RFC 9209). Nothing in them tells a version.
#pragma once

#include <string_view>

#include "base/time.h"
#include "http/accept.h"
#include "http/message.h"
#include "http/reason.h"

namespace minato::http {

struct AnswerFacts {
  Reason reason = Reason::internal;  ///< one whose row has a status
  const char* detail = "";           ///< static text on the particular case; may be empty
  AnswerFormat format = AnswerFormat::text;
  std::string_view request_id;        ///< may be empty
  std::string_view request_id_field;  ///< the name it goes out under; empty: none
  Seconds retry_after{0};             ///< 0: no Retry-After
};

/// Fills `head` and returns the body, both in the arena of `head.fields`. Framing, Date and
/// Connection are for the protocol to add, and so are Allow and WWW-Authenticate for whoever
/// answers 405 and 401. The body is left out by the protocol where the request was HEAD.
std::string_view compose_answer(const AnswerFacts& facts, ResponseHead& head);

}  // namespace minato::http
