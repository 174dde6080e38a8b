#include "http/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/strings.h"
#include "http/authority.h"
#include "http/path.h"
#include "schema/problem.h"

namespace minato::http {
namespace {

using schema::in_quotes;
using schema::Rejection;

constexpr std::size_t url_bytes_max = 4096;
constexpr std::size_t socket_path_bytes_max = 107;  // what fits into sockaddr_un

/// Where `allowed` is empty, what the kind allows in general is said.
std::unexpected<Rejection> rejected(std::string found, std::string allowed = {},
                                    std::string suggestion = {}) {
  return std::unexpected(Rejection{std::move(found), std::move(allowed), std::move(suggestion)});
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

/// A URL cut at its delimiters (RFC 3986 3), each part still as it was written.
struct Parts {
  std::string scheme;  // lower case
  std::string_view authority;
  std::string_view path;  // with its slash, or empty
  std::optional<std::string_view> query;
};

/// What may stand in a path or query: visible ASCII; everything else is written with percent signs.
std::optional<char> forbidden_character(std::string_view text) {
  const auto* const at =
      std::ranges::find_if(text, [](char c) { return c <= 0x20 || c >= 0x7f || c == '#'; });
  return at == text.end() ? std::nullopt : std::optional(*at);
}

std::string describe(char c) {
  if (c == '#') return "a fragment (#)";
  if (c == ' ') return "a space";
  return fmt::format("the byte 0x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
}

schema::Parsed<Parts> cut(std::string_view text) {
  if (text.empty()) return rejected("empty");
  if (text.size() > url_bytes_max)
    return rejected("the URL is too long", fmt::format("allowed: {} bytes", url_bytes_max));
  if (const auto c = forbidden_character(text))
    return rejected(in_quotes(text) + " has " + describe(*c) + " in it");
  const auto separator = text.find("://");
  if (separator == std::string_view::npos)
    return rejected(in_quotes(text) + " has no scheme", {}, fmt::format("http://{}", text));
  Parts parts{.scheme = lower(text.substr(0, separator)), .authority = {}, .path = {}, .query = {}};
  const auto rest = text.substr(separator + 3);
  const auto authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const auto query = std::min(rest.find('?'), rest.size());
  parts.authority = rest.substr(0, authority_end);
  parts.path = rest.substr(authority_end, query - authority_end);
  if (query < rest.size()) parts.query = rest.substr(query + 1);
  return parts;
}

schema::Parsed<Authority> authority_of(std::string_view text) {
  if (text.empty()) return rejected("no host behind http://");
  if (text.contains('@')) return rejected("a user name or password before the host");
  if (const auto authority = parse_authority(text)) return *authority;
  return rejected(in_quotes(text) + " is not a host with an optional port");
}

std::string_view without_slash_at_end(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// In the form in which the paths of requests are matched; repeated slashes stay.
schema::Parsed<std::string> prefix_of(std::string_view path) {
  if (path.empty()) return "";
  BlockPool pool;
  Arena arena(pool);
  const auto normal = normalize_path(path, MergeSlashes::no, arena);
  if (normal) return std::string(without_slash_at_end(*normal));
  if (normal.error() == PathFault::above_root)
    return rejected(in_quotes(path) + " climbs above the root", "allowed: a prefix without ..");
  return rejected(in_quotes(path) + " has a % without two hexadecimal digits",
                  "allowed: %25 for the percent sign itself");
}

/// `*`, `*.example.com` or a name without a star.
bool is_host_pattern(std::string_view host) {
  if (host == "*") return true;
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.contains('*');
}

std::optional<Rejection> check_route_scheme(const Parts& parts) {
  if (parts.scheme == "http") return std::nullopt;
  if (parts.scheme == "https")
    return Rejection{"https needs TLS, which comes with a later version", {}, {}};
  return Rejection{in_quotes(parts.scheme) + " is not a scheme that Minato serves", {}, {}};
}

std::optional<Rejection> check_origin_scheme(const Parts& parts) {
  if (parts.scheme == "http") return std::nullopt;
  if (parts.scheme == "https" || parts.scheme == "h2c" || parts.scheme == "h2")
    return Rejection{parts.scheme + " upstreams come with a later version", {}, {}};
  return Rejection{in_quotes(parts.scheme) + " is not a scheme that Minato forwards to", {}, {}};
}

schema::Parsed<OriginUrl> parse_socket(std::string_view path) {
  if (!path.starts_with('/') || (path.starts_with("//") && !path.starts_with("///")))
    return rejected("a Unix socket needs an absolute path");
  while (path.starts_with("//")) path.remove_prefix(1);  // unix:///path is the same as unix:/path
  if (path == "/") return rejected("a Unix socket needs an absolute path");
  if (path.size() > socket_path_bytes_max)
    return rejected("the path of the Unix socket is too long",
                    fmt::format("allowed: {} bytes", socket_path_bytes_max));
  OriginUrl url;
  url.socket = path;
  return url;
}

}  // namespace

std::string to_string(const RouteUrl& url) {
  if (url.host.empty()) return "";
  return fmt::format("http://{}{}{}", url.host, url.port == 0 ? "" : fmt::format(":{}", url.port),
                     url.prefix.empty() ? "/" : url.prefix);
}

std::string to_string(const OriginUrl& url) {
  if (url.is_unix()) return "unix:" + url.socket;
  if (url.host.empty()) return "";
  const bool literal = url.host.contains(':');
  return fmt::format("http://{}{}{}{}{}{}{}", literal ? "[" : "", url.host, literal ? "]" : "",
                     url.port == 80 ? "" : fmt::format(":{}", url.port), url.base_path,
                     url.query.empty() ? "" : "?", url.query);
}

}  // namespace minato::http

namespace minato::schema {

Parsed<http::RouteUrl> Kind<http::RouteUrl>::parse(std::string_view text) {
  const auto parts = http::cut(text);
  if (!parts) return std::unexpected(parts.error());
  if (auto wrong = http::check_route_scheme(*parts)) return std::unexpected(*std::move(wrong));
  const auto authority = http::authority_of(parts->authority);
  if (!authority) return std::unexpected(authority.error());
  if (!http::is_host_pattern(authority->host))
    return http::rejected(in_quotes(authority->host) + " has a * inside",
                          "allowed: * alone, or as the whole first label (*.example.com)");
  if (parts->query) return http::rejected("requests are not told apart by their query");
  auto prefix = http::prefix_of(parts->path);
  if (!prefix) return std::unexpected(std::move(prefix.error()));
  return http::RouteUrl{.host = http::lower(authority->host),
                        .port = authority->port.value_or(0),
                        .prefix = *std::move(prefix)};
}

Parsed<http::OriginUrl> Kind<http::OriginUrl>::parse(std::string_view text) {
  if (iequals(text.substr(0, 5), "unix:")) return http::parse_socket(text.substr(5));
  const auto parts = http::cut(text);
  if (!parts) return std::unexpected(parts.error());
  if (auto wrong = http::check_origin_scheme(*parts)) return std::unexpected(*std::move(wrong));
  const auto authority = http::authority_of(parts->authority);
  if (!authority) return std::unexpected(authority.error());
  if (authority->host.contains('*'))
    return http::rejected("an upstream needs one host, not a pattern");
  if (authority->port == 0) return http::rejected("port 0", "allowed: 1 to 65535");
  auto host = http::lower(authority->host);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  http::OriginUrl url;
  url.host = std::move(host);
  url.port = authority->port.value_or(80);
  url.base_path = http::without_slash_at_end(parts->path);
  url.query = parts->query.value_or("");
  return url;
}

}  // namespace minato::schema
