// `${NAME}` and `${NAME:-default}` in values.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "schema/rules.h"

namespace minato::schema {

/// The variables that may be named. An argument everywhere: nothing here asks the process.
using Environment = std::map<std::string, std::string, std::less<>>;

/// `text` with its variables replaced, once: what comes in is not looked at again. As in a shell,
/// the default stands in for a variable that is missing or empty. `$${` stands for `${` itself.
/// Bounds: the result is at most 64 KiB or as long as `text`.
std::expected<std::string, Rejection> substitute(std::string_view text,
                                                 const Environment& environment);

}  // namespace minato::schema
