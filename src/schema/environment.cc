#include "schema/environment.h"

#include "base/strings.h"
#include "schema/problem.h"

namespace minato::schema {
namespace {

constexpr std::size_t result_bytes_max = 64u << 10;

bool is_name(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return false;
  for (const char c : text)
    if (!is_alpha(c) && !is_digit(c) && c != '_') return false;
  return true;
}

std::unexpected<Rejection> rejected(std::string found, std::string allowed) {
  return std::unexpected(Rejection{std::move(found), std::move(allowed), {}});
}

/// What `inside` of the braces stands for.
std::expected<std::string, Rejection> value_of(std::string_view inside,
                                               const Environment& environment) {
  const auto separator = inside.find(":-");
  const auto name = inside.substr(0, separator);
  if (!is_name(name))
    return rejected(in_quotes(name) + " is not the name of a variable",
                    "allowed: ${NAME} or ${NAME:-default}; $${ stands for ${ itself");
  // A second variable would end at the first }, and its name become text.
  if (inside.contains("${"))
    return rejected("a ${ inside the default of " + std::string(name),
                    "allowed: a default without variables");
  const bool has_default = separator != std::string_view::npos;
  const auto found = environment.find(name);
  if (found != environment.end() && !(has_default && found->second.empty())) return found->second;
  if (has_default) return std::string(inside.substr(separator + 2));
  return rejected("the environment has no " + std::string(name),
                  "set it, or give a default: ${" + std::string(name) + ":-default}");
}

}  // namespace

std::expected<std::string, Rejection> substitute(std::string_view text,
                                                 const Environment& environment) {
  std::string out;
  while (!text.empty()) {
    const auto at = text.find("${");
    out += text.substr(0, at);
    if (at == std::string_view::npos) break;
    const bool escaped = at > 0 && text[at - 1] == '$';
    text.remove_prefix(at + 2);
    if (escaped) {
      out += '{';
      continue;
    }
    const auto end = text.find('}');
    if (end == std::string_view::npos)
      return rejected("${ without its }", "$${ stands for ${ itself");
    auto value = value_of(text.substr(0, end), environment);
    if (!value) return value;
    out += *value;
    text.remove_prefix(end + 1);
    if (out.size() > result_bytes_max) return rejected("the value is too long", "allowed: 64KiB");
  }
  return out;
}

}  // namespace minato::schema
