// The cookies of a request (RFC 6265 4.2), as some origin may read them. Parsers differ in what
// separates cookies (a semicolon, a comma, white space), in what quotes do, in which names are one
// and the same, and in what is left where they meet something that they cannot read: what stands
// before it, what stands behind it, both, or nothing.
#pragma once

#include <optional>

#include "http/fields.h"

namespace minato::cache {

struct Cookie {
  /// Of that very name, in a request whose cookies are all written as RFC 6265 4.2.1 has it: no
  /// origin reads it otherwise.
  bool is_plain = false;
  /// The value, of a plain one. Else all that an origin could make its value of.
  std::string_view text{};
};

/// What a request says in Cookie, looked at once for all names.
struct Cookies {
  explicit Cookies(const http::Fields& request);
  std::string_view text;  ///< its lines with line feeds between them; several take memory
  bool are_plain;
  bool may_have_any;  ///< a name is escaped, so that it may be any for some origin
};

/// Finds what may be cookies of one name, in order.
class CookieSearch {
 public:
  CookieSearch(const Cookies& among, std::string_view name)
      : name_(name),
        rest_(among.text),
        all_are_plain_(among.are_plain),
        may_have_any_(among.may_have_any) {}

  std::optional<Cookie> next();

 private:
  std::optional<Cookie> next_of_plain();

  std::string_view name_;
  std::string_view rest_;
  const bool all_are_plain_, may_have_any_;
};

}  // namespace minato::cache
