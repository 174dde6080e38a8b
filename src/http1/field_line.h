// One field line (RFC 9112 5), of a head or of a trailer section.
#pragma once

#include <string_view>

#include "http/fields.h"

namespace minato::http1 {

/// Splits `line`, which stands without its CRLF. Static text says what is wrong with it; nullptr:
/// nothing.
const char* parse_field_line(std::string_view line, http::Field& field);

}  // namespace minato::http1
