#include "upstream/options.h"

#include "http/authority.h"
#include "http/char_sets.h"
#include "schema/problem.h"

namespace minato::upstream {

std::optional<schema::Rejection> check_health_uri(std::string_view text) {
  const bool fits = all_fit<http::TargetChars>(text);
  if (text.starts_with('/') && fits) return std::nullopt;
  const bool only_slash_is_missing = !text.empty() && !text.contains(':') && fits;
  return schema::Rejection{schema::in_quotes(text) + " is not a path",
                           {},
                           only_slash_is_missing ? "/" + std::string(text) : ""};
}

std::optional<schema::Rejection> check_host_field(std::string_view text) {
  if (text.empty() || http::parse_authority(text)) return std::nullopt;
  return schema::Rejection{schema::in_quotes(text) + " is not a host", {}, {}};
}

}  // namespace minato::upstream
