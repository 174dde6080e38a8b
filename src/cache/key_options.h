// Settings of what tells the responses of a service apart.
#pragma once

#include "cache/rule_options.h"

namespace minato::cache {

struct QueryKeyOptions {
  std::vector<std::string> ignore;
  std::vector<std::string> only;
  bool sort = false;
  friend bool operator==(const QueryKeyOptions&, const QueryKeyOptions&) = default;
};

struct KeyOptions {
  QueryKeyOptions query;
  std::vector<std::string> headers;
  std::vector<std::string> cookies;
  friend bool operator==(const KeyOptions&, const KeyOptions&) = default;
};

/// Wrong where `text` is no name of a parameter that could be left out of keys.
std::optional<schema::Rejection> check_parameter(std::string_view text);

}  // namespace minato::cache

namespace minato::schema {

inline constexpr std::string_view parameter_form =
    "letters, digits, _, - and ., and * at the end for whatever follows";

template <>
inline constexpr auto of<cache::QueryKeyOptions> =
    object("What of the query tells responses apart. It is forwarded as it is.",
           field(&cache::QueryKeyOptions::ignore, "ignore",
                 "All but these parameters. `*` alone: nothing of it.",
                 checked(cache::check_parameter, parameter_form)),
           field(&cache::QueryKeyOptions::only, "only",
                 "These parameters alone; empty: all. Not beside `ignore`.",
                 checked(cache::check_parameter, parameter_form)),
           field(&cache::QueryKeyOptions::sort, "sort",
                 "The order of parameters that have different names makes no difference."));

template <>
inline constexpr auto of<cache::KeyOptions> =
    object("What tells responses apart beside scheme, host, port and path.",
           field(&cache::KeyOptions::query, "query", ""),
           field(&cache::KeyOptions::headers, "headers", "What these fields of requests say.",
                 checked(cache::check_field_name, "a field name")),
           field(&cache::KeyOptions::cookies, "cookies", "The values of these cookies.",
                 checked(cache::check_cookie_name, "the name of a cookie")));

}  // namespace minato::schema
