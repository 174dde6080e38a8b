// Settings by which an operator overrules what responses say, and tells requests apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "schema/declare.h"

namespace minato::cache {

/// What is below a path, and for how long it is fresh whatever it says.
struct ForceOptions {
  std::string path;
  Millis ttl = 0s;
  bool even_private = false;
  friend bool operator==(const ForceOptions&, const ForceOptions&) = default;
};

/// A request that has all of these passes by what is stored.
struct BypassOptions {
  std::optional<std::string> cookie;
  std::optional<std::string> header;
  std::optional<std::string> path;
  bool empty() const { return !cookie && !header && !path; }
  friend bool operator==(const BypassOptions&, const BypassOptions&) = default;
};

// Each is wrong where `text` is not what its name says.
std::optional<schema::Rejection> check_field_name(std::string_view text);
std::optional<schema::Rejection> check_cookie_name(std::string_view text);
std::optional<schema::Rejection> check_path_prefix(std::string_view text);

}  // namespace minato::cache

namespace minato::schema {

template <>
inline constexpr auto of<cache::ForceOptions> = object(
    "How long what is below a path is fresh, whatever it says of that: of the statuses 200, 203, "
    "204, 206, 300, 301 and 308.",
    field(&cache::ForceOptions::path, "path",
          "A prefix, at a segment boundary as in `hosts`; the longest that fits counts.", required,
          checked(cache::check_path_prefix, "a path, such as /static/")),
    field(&cache::ForceOptions::ttl, "ttl", "Counted from when it came.", required,
          between(1s, 8760h)),
    field(&cache::ForceOptions::even_private, "even_private",
          "Also of what says private, no-store or no-cache, and of what has a Set-Cookie, without "
          "that."));

template <>
inline constexpr auto of<cache::BypassOptions> = object(
    "Requests that are not answered from the cache, and whose answers are not stored: any with "
    "all that one item says.",
    field(&cache::BypassOptions::cookie, "cookie", "They have a cookie of this name.",
          checked(cache::check_cookie_name, "the name of a cookie")),
    field(&cache::BypassOptions::header, "header", "They have this field.",
          checked(cache::check_field_name, "a field name")),
    field(&cache::BypassOptions::path, "path",
          "Their path has this prefix, at a segment boundary as in `hosts`.",
          checked(cache::check_path_prefix, "a path, such as /static/")));

}  // namespace minato::schema
