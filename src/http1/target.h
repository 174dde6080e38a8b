// The target of a request line in its four forms (RFC 9112 3.2).
#pragma once

#include <string_view>

#include "http/message.h"

namespace minato::http1 {

/// Static text says what is wrong with it; nullptr: nothing. An authority-form belongs to CONNECT
/// alone, an asterisk-form to OPTIONS alone, and CONNECT takes nothing else.
const char* parse_target(std::string_view text, http::Method method, http::Target& target);

}  // namespace minato::http1
