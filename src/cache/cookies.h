// The cookies of a request (RFC 6265 4.2), as an origin may read them: more of what is written
// counts as a cookie than a browser would send. Parsers differ in what separates cookies (a
// semicolon, a comma, white space), in what quotes do, and in whether they go on behind what they
// cannot read.
#pragma once

#include <cstdint>
#include <optional>

#include "http/fields.h"

namespace minato::cache {

struct Cookie {
  /// Written as RFC 6265 4.2.1 has it, as all before it: no origin reads it otherwise.
  bool is_plain = false;
  /// The value, of a plain one; else all from one semicolon to the next, its name with it.
  std::string_view text{};
};

/// Finds what may be cookies of one name, in order. What stands in the value of one of them is not
/// looked at again.
class CookieSearch {
 public:
  /// Among all lines of the request.
  CookieSearch(const http::Fields& fields, std::string_view name);

  std::optional<Cookie> next();

 private:
  Cookie take(std::size_t begin);
  bool is_plain(std::size_t begin, std::size_t end);
  void skip_value();

  std::string_view text_;  // lines with line feeds between them
  std::string_view name_;
  std::size_t at_ = 0;
  std::optional<std::size_t> plain_end_;  // of those that are as they ought to be
};

}  // namespace minato::cache
