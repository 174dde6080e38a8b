#include "cache/key.h"

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"
#include "http/authority.h"
#include "http/char_sets.h"

namespace minato::cache {
namespace {

constexpr std::string_view text_of(http::Scheme scheme) {
  return scheme == http::Scheme::https ? "https" : "http";
}

constexpr std::string_view default_port(std::string_view scheme) {
  return scheme == "https" ? "443" : "80";
}

std::string_view lower(std::string_view text, Arena& arena) {
  if (all_fit<http::LowerChars>(text)) return text;
  const auto copy = arena.array<char>(text.size());
  std::ranges::transform(text, copy.begin(), to_lower);
  return {copy.data(), copy.size()};
}

Key key_of(const Url& url, std::string_view suffix, std::uint64_t seed, Arena& arena) {
  const std::string_view colon = url.port.empty() ? "" : ":";
  return {.text = arena.join(url.scheme, "://", url.host, colon, url.port, url.rest, suffix),
          .hash = hash_of_key(url, suffix, seed)};
}

Url normal(std::string_view scheme, std::string_view authority, Arena& arena) {
  const auto [host, port] = http::split_authority(authority);
  return {.scheme = scheme,
          .host = lower(host, arena),
          .port = port == default_port(scheme) ? std::string_view{} : port,
          .rest = {}};
}

/// RFC 3986 3.1: what stands before the first colon, unless a path or a query has begun.
bool has_scheme(std::string_view reference) {
  const auto scheme = reference.substr(0, reference.find_first_of(":/?"));
  return !scheme.empty() && scheme.size() < reference.size() && reference[scheme.size()] == ':' &&
         is_alpha(scheme.front()) &&
         std::ranges::all_of(
             scheme,
             [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
}

/// RFC 3986 5.2.4, of a path that begins with a slash.
std::string_view without_dot_segments(std::string_view path, Arena& arena) {
  const std::span<char> text = arena.room<char>(path.size() + 1);
  std::size_t size = 0;
  path.remove_prefix(1);
  for (bool more = true; more;) {
    more = path.contains('/');
    const auto segment = take_until(path, '/');
    const bool up = segment == "..", stays = up || segment == ".";
    while (up && size > 0 && text[--size] != '/') {
    }
    if (stays && more) continue;
    text[size++] = '/';
    if (!stays) size += segment.copy(&text[size], segment.size());
  }
  return {text.data(), size};
}

/// The same of a path with a query, which stays as it is.
std::string_view tidied(std::string_view rest, Arena& arena) {
  const auto path = rest.substr(0, rest.find('?'));
  return arena.join(without_dot_segments(path, arena), rest.substr(path.size()));
}

std::optional<Url> same_origin(const Url& from, std::string_view text, Arena& arena) {
  const auto absolute = split_url(text);
  if (!absolute) return std::nullopt;
  const std::string_view colon = absolute->port.empty() ? "" : ":";
  Url url = normal(lower(absolute->scheme, arena),
                   arena.join(absolute->host, colon, absolute->port), arena);
  const bool has_path = absolute->rest.starts_with('/');
  url.rest = tidied(has_path ? absolute->rest : arena.join("/", absolute->rest), arena);
  const Url origin{.scheme = from.scheme, .host = from.host, .port = port_of(from), .rest = {}};
  return is_at(url, origin) ? std::optional(url) : std::nullopt;
}

}  // namespace

std::string_view rest_of(const http::Target& target, Arena& arena) {
  const std::string_view path = target.path.empty() ? std::string_view("/") : target.path;
  return target.has_query ? arena.join(path, "?", target.query) : path;
}

Url requested_url(http::Scheme scheme, const http::RequestHead& head, Arena& arena) {
  Url url = normal(text_of(scheme), head.authority, arena);
  url.rest = rest_of(head.target, arena);
  return url;
}

Key make_key(http::Scheme scheme, const http::RequestHead& head, const KeyRules& rules,
             std::uint64_t seed, Arena& arena) {
  Url url = requested_url(scheme, head, arena);
  if (!rules.any()) return key_of(url, {}, seed, arena);
  url.rest = rules.rest(url.rest, arena);
  return key_of(url, rules.suffix(head.fields, arena), seed, arena);
}

std::optional<Url> split_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = text.substr(0, colon);
  text.remove_prefix(colon + 3);
  const auto end = std::min(text.find_first_of("/?"), text.size());
  const auto [host, port] = http::split_authority(text.substr(0, end));
  if (host.empty()) return std::nullopt;
  return Url{.scheme = scheme, .host = host, .port = port, .rest = text.substr(end)};
}

std::string_view host_of(const Url& url) {
  return url.host.substr(0, url.host.size() - (url.host.ends_with('.') ? 1 : 0));
}

std::string_view port_of(const Url& url) {
  if (url.port.empty()) return default_port(url.scheme);
  return url.port.substr(std::min(url.port.find_first_not_of('0'), url.port.size() - 1));
}

bool is_at(const Url& url, const Url& place) {
  return host_of(url) == host_of(place) && (place.scheme.empty() || url.scheme == place.scheme) &&
         (place.port.empty() || port_of(url) == port_of(place));
}

std::optional<Url> parse_url(std::string_view text, Arena& arena) {
  const bool has_scheme = text.find("://") != std::string_view::npos;
  const auto written = split_url(has_scheme ? text : arena.join("http://", text));
  if (!written) return std::nullopt;
  const auto scheme = lower(written->scheme, arena);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::string_view colon = written->port.empty() ? "" : ":";
  const auto authority = arena.join(written->host, colon, written->port);
  if (!http::parse_authority(authority)) return std::nullopt;
  Url url = normal(scheme, authority, arena);
  url.port = written->port;
  if (!has_scheme) url.scheme = {};
  const bool has_path = written->rest.starts_with('/');
  url.rest = has_path ? written->rest : arena.join("/", written->rest);
  return url;
}

std::uint64_t hash_of(const Url& url, std::uint64_t seed) {
  return hash_bytes(url.rest, hash_bytes(host_of(url), hash_bytes(url.scheme, seed)));
}

std::uint64_t hash_of_key(const Url& url, std::string_view suffix, std::uint64_t seed) {
  std::uint64_t hash = hash_of(url, seed);
  if (!url.port.empty()) hash = hash_bytes(url.port, hash);
  return suffix.empty() ? hash : hash_bytes(suffix, hash);
}

bool is_of(std::string_view key, const Url& url) {
  const auto own = split_url(url_of(key));
  return own && is_at(*own, url) && own->rest == url.rest;
}

std::optional<Url> resolve(const Url& base, std::string_view reference, Arena& arena) {
  if (reference.empty()) return std::nullopt;
  reference = take_until(reference, '#');
  if (reference.starts_with("//")) reference = arena.join(base.scheme, ":", reference);
  if (has_scheme(reference)) return same_origin(base, reference, arena);
  const std::string_view path = reference.substr(0, reference.find('?'));
  Url url = base;
  if (reference.empty()) return url;  // a fragment alone: the query stays (RFC 3986 5.2.2)
  const auto own = path_of(base);
  if (path.empty())
    url.rest = arena.join(own, reference);
  else if (path.starts_with('/'))
    url.rest = tidied(reference, arena);
  else
    url.rest = tidied(arena.join(own.substr(0, own.rfind('/') + 1), reference), arena);
  return url;
}

}  // namespace minato::cache
