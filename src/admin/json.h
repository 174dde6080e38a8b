// Documents of the API as text: of the program, of its reloads, and of what is refused. Those of
// the cache are made where it is asked.
#pragma once

#include <string>
#include <string_view>

#include "admin/program.h"

namespace minato::admin {

// Moments are RFC 3339 in UTC, null where there is none; spans are seconds. What is not UTF-8 is
// replaced.

std::string status_json(const Status& status);
std::string reload_json(const ReloadOutcome& outcome);

/// RFC 9457: what every refusal looks like.
std::string problem_json(std::uint16_t status, std::string_view detail);
/// The same of a refused reload, with the problems of the configuration as an extension.
std::string refused_reload_json(std::uint16_t status, std::string_view detail,
                                const ReloadOutcome& outcome);

/// `{"key": value}`.
std::string flag_json(std::string_view key, bool value);

}  // namespace minato::admin
