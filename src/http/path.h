// Paths in the form in which they are matched (RFC 3986 6.2.2). What is forwarded stays as the
// client wrote it; this form exists so that two spellings of one resource cannot take two routes.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/arena.h"

namespace minato::http {

enum class MergeSlashes : std::uint8_t { no, yes };

enum class PathFault : std::uint8_t {
  relative,        ///< does not begin with '/'
  invalid_escape,  ///< '%' without two hexadecimal digits behind it
  above_root,      ///< more ".." than there are segments to leave
};

/// Static text for a log.
const char* describe(PathFault fault) noexcept;

/// The normal form of `path`, which has no query: dot segments resolved (`%2e` is a dot), escapes
/// of visible characters decoded, and where asked repeated slashes as one, before the dot segments
/// are resolved. `%2F`, `%25`, `%3F`, `%23` and what cannot be seen stay escapes, with upper-case
/// digits; a backslash, raw or as `%5C`, is an ordinary character. A path that is normal already is
/// returned itself, without a look at the arena.
std::expected<std::string_view, PathFault> normalize_path(std::string_view path, MergeSlashes merge,
                                                          Arena& arena);

}  // namespace minato::http
