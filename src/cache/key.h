// Under what a response is stored: scheme, host as the client sent it, path and query, and what
// else the configuration names.
//
// Nothing else that a client controls is part of it, and nothing else may change what is stored.
#pragma once

#include <cstdint>
#include <string_view>

#include "cache/key_rules.h"
#include "http/message.h"

namespace minato::cache {

/// `http://example.com:8080/path?query`: the host in lower case, the port where the client sent one
/// that is not the scheme's. What rules add stands behind a space.
struct Key {
  std::string_view text;
  std::uint64_t hash = 0;  ///< hash_of the URL where it has no port and nothing is behind it
};

/// In `arena`. `seed` is the cache's.
Key make_key(http::Scheme scheme, const http::RequestHead& head, const KeyRules& rules,
             std::uint64_t seed, Arena& arena);

/// Path and query as the client wrote them: what is stored stands there where no rules change that.
std::string_view rest_of(const http::Target& target, Arena& arena);

/// What of the text of a key is the URL.
constexpr std::string_view url_of(std::string_view key) { return key.substr(0, key.find(' ')); }

/// What a key, or a URL that a person wrote, consists of.
struct Url {
  std::string_view scheme;
  std::string_view host;
  std::string_view port;  ///< empty: none
  std::string_view rest;  ///< path and query; empty where there is none
  friend bool operator==(const Url&, const Url&) = default;
};
/// As one who names no port means it.
constexpr Url on_every_port(Url url) {
  url.port = {};
  return url;
}
/// Without the query.
constexpr std::string_view path_of(const Url& url) {
  return url.rest.substr(0, url.rest.find('?'));
}

/// `text` begins with a scheme and "://"; nullopt where it does not, or names no host.
std::optional<Url> split_url(std::string_view text);

/// Of what `head` asks for, as keys have it under no rules. Its authority is not empty.
Url requested_url(http::Scheme scheme, const http::RequestHead& head, Arena& arena);

/// The host of `url` as routing takes it: without a final dot. Keys keep it, as origins see it.
std::string_view host_of(const Url& url);
/// The port that `url`, of a key, means: by its value, as 080 is 80.
std::string_view port_of(const Url& url);
/// Whether `url`, of a key, is of the host that `place` names, and of its scheme and port, where
/// none is any.
bool is_at(const Url& url, const Url& place);

/// A URL as a person writes it: host in lower case, a path. Unlike a key it has the scheme's own
/// port where that was written, as none means every port. nullopt for what is no http or https URL.
/// `text` without a scheme is any scheme's.
std::optional<Url> parse_url(std::string_view text, Arena& arena);

/// Of all but the port and a final dot of the host, so that those of every port are found together.
std::uint64_t hash_of(const Url& url, std::uint64_t seed);
/// Of a key that has `suffix` behind `url`.
std::uint64_t hash_of_key(const Url& url, std::string_view suffix, std::uint64_t seed);

/// Whether `key` is of `url`: one without a port means the host on every port.
bool is_of(std::string_view key, const Url& url);

/// What `reference`, a URL or the reference of one (RFC 3986 4.2), names from `base`, which is of a
/// key; nullopt where that is of another origin, or nothing. For what Location and Content-Location
/// make out of date (RFC 9111 4.4).
std::optional<Url> resolve(const Url& base, std::string_view reference, Arena& arena);

}  // namespace minato::cache
