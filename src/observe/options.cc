#include "observe/options.h"

#include <algorithm>

#include "schema/nearest.h"
#include "schema/problem.h"

namespace minato::observe {
namespace {

using schema::quoted;
using schema::Rejection;

constexpr std::size_t template_bytes_max = 4096;

std::optional<Rejection> check_variable(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& row : access_log_variables) names.push_back(row.name);
  if (std::ranges::find(names, name) != names.end()) return std::nullopt;
  return Rejection{"no variable " + quoted(name), "allowed: " + schema::alternatives(names),
                   std::string(schema::nearest(name, names))};
}

}  // namespace

std::optional<Rejection> check_access_log_template(std::string_view text) {
  if (text.size() > template_bytes_max)
    return Rejection{"the template is too long", "allowed: 4096 bytes", {}};
  std::size_t variables = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{' && text[at] != '}') continue;
    if (at + 1 < text.size() && text[at + 1] == text[at]) {
      ++at;  // a brace that is meant
      continue;
    }
    const auto end = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
    if (end == std::string_view::npos)
      return Rejection{
          "a brace without its other half", "allowed: {variable}; {{ and }} stand for braces", {}};
    if (auto wrong = check_variable(text.substr(at + 1, end - at - 1))) return wrong;
    ++variables;
    at = end;
  }
  if (variables > 0) return std::nullopt;
  return Rejection{quoted(text) + " is no format, and has no variable in it", {}, {}};
}

}  // namespace minato::observe
