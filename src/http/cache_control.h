// What Cache-Control says (RFC 9111 5.2, RFC 5861, RFC 8246), and the fields that speak in its
// place to some caches (RFC 9213).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "http/fields.h"

namespace minato::http {

/// More than any cache lives, and small enough to be added up (RFC 9111 1.2.2).
inline constexpr Seconds delta_seconds_max{std::int64_t{1} << 53};

/// RFC 9111 1.2.2; nullopt for what is no number. One that is too large is `delta_seconds_max`.
std::optional<Seconds> parse_delta_seconds(std::string_view text);

/// Of a request (RFC 9111 5.2.1).
struct RequestDirectives {
  bool no_cache = false;
  bool no_store = false;
  bool only_if_cached = false;
  std::optional<Seconds> max_age;
  std::optional<Seconds> min_fresh;
  std::optional<Seconds> max_stale;  ///< the longest where it states none
};

/// Of a response (RFC 9111 5.2.2). A lifetime that is no number is zero: what is not understood is
/// stale (4.2.1). Of a directive that comes twice the first counts.
struct ResponseDirectives {
  bool no_store = false;
  bool no_cache = false;  ///< all of the response
  bool private_ = false;  ///< all of the response
  bool public_ = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  bool must_understand = false;
  bool immutable = false;
  std::optional<Seconds> max_age;
  std::optional<Seconds> s_maxage;
  std::optional<Seconds> stale_while_revalidate;  ///< RFC 5861 3
  std::optional<Seconds> stale_if_error;          ///< RFC 5861 4
  std::string_view no_cache_fields{};             ///< comma list: reusable without these (5.2.2.4)
  std::string_view private_fields{};  ///< comma list: may be stored without these (5.2.2.7)
  friend bool operator==(const ResponseDirectives&, const ResponseDirectives&) = default;
};

/// Pragma: no-cache counts where there is no Cache-Control (RFC 9111 5.4).
RequestDirectives request_directives(const Fields& fields);

/// Which field spoke, and what it said.
struct Governing {
  ResponseDirectives directives;
  bool targeted = false;  ///< Cache-Control and Expires do not count (RFC 9213 2.2)
};
/// `targeted`: the fields that are asked before Cache-Control, in order; of them the first that is
/// a structured dictionary with something in it decides.
Governing response_directives(const Fields& fields, std::span<const std::string_view> targeted);

}  // namespace minato::http
