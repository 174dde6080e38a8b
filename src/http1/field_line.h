// One field line (RFC 9112 5), of a head or of a trailer section.
#pragma once

#include <string_view>

#include "http/fields.h"

namespace minato::http1 {

/// A line without its CRLF.
struct Line {
  std::string_view text;
  bool has_controls = true;  ///< others than tabs, or may have: nobody looked
};

/// Splits a field line. Static text says what is wrong with it; nullptr: nothing.
const char* parse_field_line(const Line& line, http::Field& field);

}  // namespace minato::http1
