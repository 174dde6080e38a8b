// What is to be done with a stored response when a request asks for it (RFC 9111 4).
#pragma once

#include <cstdint>

#include "cache/policy/stale.h"

namespace minato::cache {

enum class Use : std::uint8_t {
  serve,              ///< as it is
  serve_and_refresh,  ///< as it is, while it is validated for others (RFC 5861 3)
  validate,           ///< first ask the origin
  refuse,             ///< only-if-cached, and it may not serve: 504 (RFC 9111 5.2.1.7)
};

/// Before the origin was asked.
constexpr bool serves(Use use) { return use == Use::serve || use == Use::serve_and_refresh; }

/// Why, for Cache-Status (RFC 9211 2.2) and explanations.
enum class Why : std::uint8_t {
  fresh,
  stale_allowed_by_request,  ///< max-stale
  stale_while_revalidate,
  stale,
  no_cache,  ///< the response wants to be validated each time (RFC 9111 5.2.2.4)
  purged,    ///< marked stale by hand
  request_no_cache,
  request_max_age,
  request_min_fresh,
};

struct Decision {
  Use use;
  Why why;
  Seconds age;
  Lifetime lifetime;
  /// Where the origin cannot be asked, or fails, it may serve all the same (RFC 5861 4).
  bool serves_on_error;
  /// Seconds of freshness that are left; negative: since when it is stale.
  Seconds ttl() const { return lifetime.value - age; }
};

struct ReuseRules {
  FreshnessRules freshness;
  StaleRules stale;
};

/// `purged`: it was marked as stale, and no window makes up for it but that for errors.
Decision decide(const ResponseFacts& stored, const http::RequestDirectives& request,
                const ReuseRules& rules, bool purged, WallTime now);

std::string_view name(Why why);

}  // namespace minato::cache
