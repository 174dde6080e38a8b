// The version of the program: told by `minato version` and the admin API, never in an answer to a
// client.
#pragma once

#include <string_view>

namespace minato {

inline constexpr std::string_view version = MINATO_VERSION;

}  // namespace minato
