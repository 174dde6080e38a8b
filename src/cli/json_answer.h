// Reading the JSON that the running program answers with. Another version may answer: what is
// missing or of another kind reads as nothing.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/report.h"

namespace minato::cli {

using Json = nlohmann::json;

inline const Json& at(const Json& json, const char* key) {
  static const Json nothing;
  const auto found = json.find(key);
  return found != json.end() ? *found : nothing;
}
inline std::string text(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}
inline std::uint64_t count(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_number() ? value.get<std::uint64_t>() : 0;
}
inline double span(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_number() ? value.get<double>() : 0;
}
inline bool is_true(const Json& json, const char* key) { return at(json, key) == true; }

inline Json parse(std::string_view body) { return Json::parse(body, nullptr, false); }

/// An answer that is neither what was asked for nor a refusal with reasons.
inline Report unexpected(std::uint16_t status, const Json& answer) {
  const std::string detail = answer.is_object() ? text(answer, "detail") : std::string();
  return {.err = fmt::format("minato: the answer is {}{}{}\n", status, detail.empty() ? "" : ": ",
                             detail)};
}

/// After that: 400 is for what was written on the command line.
inline ExitCode exit_code_after(std::uint16_t status) {
  return status == 400 ? ExitCode::bad_usage : ExitCode::bad_config;
}

}  // namespace minato::cli
