#include "upstream/target.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace minato::upstream {
namespace {

/// What stands before and between the two queries.
struct Joints {
  std::string_view mark, ampersand;
};
Joints joints(std::string_view base, std::string_view query, bool has_query) {
  return {base.empty() && !has_query ? "" : "?", base.empty() || query.empty() ? "" : "&"};
}

/// Path and query as they lie behind each other in the request line.
std::string_view as_written(const http::Target& target) {
  return {target.path.data(),
          target.path.size() + (target.has_query ? 1 + target.query.size() : 0)};
}

bool asks_for_the_server(const http::Target& target, http::Method method) {
  if (target.form == http::TargetForm::asterisk) return true;
  return target.form == http::TargetForm::absolute && method == http::Method::options &&
         target.path.empty() && !target.has_query;
}

}  // namespace

std::string_view upstream_target(const http::Target& target, http::Method method,
                                 const http::OriginUrl& url, Arena& arena) {
  if (asks_for_the_server(target, method)) return "*";
  const bool adds_nothing = url.base_path.empty() && url.query.empty();
  if (adds_nothing && !target.path.empty()) return as_written(target);
  const auto [mark, ampersand] = joints(url.query, target.query, target.has_query);
  const std::string_view path = target.path.empty() ? "/" : target.path;
  return arena.join(url.base_path, path, mark, url.query, ampersand, target.query);
}

std::string health_target(std::string_view health_uri, const http::OriginUrl& url) {
  const bool has_query = health_uri.contains('?');
  const std::string_view path = take_until(health_uri, '?');
  const auto [mark, ampersand] = joints(url.query, health_uri, has_query);
  return fmt::format("{}{}{}{}{}{}", url.base_path, path, mark, url.query, ampersand, health_uri);
}

std::string host_field(const http::OriginUrl& url) {
  if (url.is_unix()) return "localhost";
  const bool is_ipv6 = url.host.contains(':');
  const std::string host = is_ipv6 ? fmt::format("[{}]", url.host) : url.host;
  return url.port == 80 ? host : fmt::format("{}:{}", host, url.port);
}

}  // namespace minato::upstream
