// The two kinds of URL that a configuration names: where requests are for, and where they go.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "schema/kinds.h"

namespace minato::http {

/// What a service answers for: `http://domain[/prefix]`.
struct RouteUrl {
  std::string host;        ///< lower case: `example.com`, `*.example.com`, `*`, `[::1]`
  std::uint16_t port = 0;  ///< 0: not stated; what counts is where the service listens
  std::string prefix;      ///< empty, or a path in normal form without a slash at the end
  friend bool operator==(const RouteUrl&, const RouteUrl&) = default;
};

/// Where requests go: `http://host[:port][/base][?query]` or `unix:/path`.
struct OriginUrl {
  std::string host;  ///< lower case name or address, IPv6 without brackets; empty: a Unix socket
  std::uint16_t port = 80;
  std::string socket;     ///< path of the Unix socket; empty: TCP
  std::string base_path;  ///< empty, or begins with a slash and does not end in one
  std::string query;      ///< without the `?`
  bool is_unix() const { return !socket.empty(); }
  friend bool operator==(const OriginUrl&, const OriginUrl&) = default;
};

/// As a person would write it; `parse` reads it back as the same value.
std::string to_string(const RouteUrl& url);
std::string to_string(const OriginUrl& url);

}  // namespace minato::http

namespace minato::schema {

template <>
struct Kind<http::RouteUrl> {
  static constexpr std::string_view what = "URL";
  static constexpr std::string_view form = "http://domain[/prefix]";
  static Parsed<http::RouteUrl> parse(std::string_view text);
  static std::string show(const http::RouteUrl& url) { return to_string(url); }
};

template <>
struct Kind<http::OriginUrl> {
  static constexpr std::string_view what = "URL";
  static constexpr std::string_view form =
      "http://host[:port][/base][?query] or unix:/path/of/socket";
  static Parsed<http::OriginUrl> parse(std::string_view text);
  static std::string show(const http::OriginUrl& url) { return to_string(url); }
};

}  // namespace minato::schema
