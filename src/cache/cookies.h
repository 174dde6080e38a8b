// The cookies of a request (RFC 6265 4.2), as an origin may read them: more of what is written
// counts as a cookie than a browser would send.
#pragma once

#include "base/strings.h"
#include "http/fields.h"

namespace minato::cache {

/// Calls `visit(name, value)` for each, in order. One without `=` is a name.
template <class Visit>
void for_each_cookie(const http::Fields& fields, Visit visit) {
  fields.for_each([&](const http::Field& line) {
    if (line.id != http::FieldId::cookie) return;
    std::string_view rest = line.value;
    while (!rest.empty()) {
      std::string_view value = take_until(rest, ';');
      const auto name = trim(take_until(value, '='));
      if (!name.empty()) visit(name, trim(value));
    }
  });
}

}  // namespace minato::cache
