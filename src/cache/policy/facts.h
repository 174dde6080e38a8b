// What the policy knows of a request and of a response: read from their fields once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cache/policy/freshness.h"
#include "http/message.h"

namespace minato::cache {

/// What a stored response may answer.
constexpr bool is_read(http::Method method) {
  return method == http::Method::get || method == http::Method::head;
}

/// Of one request, as far as caching is concerned.
struct RequestFacts {
  http::Method method = http::Method::get;
  http::RequestDirectives directives;
  bool has_authorization = false;
  bool has_cookie = false;

  /// How it names its user, if it does. Who does may be refused, or told, what others are not.
  constexpr unsigned naming() const {
    return (has_authorization ? 1u : 0u) | (has_cookie ? 2u : 0u);
  }
};

RequestFacts request_facts(const http::RequestHead& head);

/// Of one response. Plain values: stored beside the head that they were read from.
struct ResponseFacts {
  std::uint16_t status = 0;
  FreshnessFacts freshness;
  bool has_etag = false;
  bool has_strong_etag = false;  ///< RFC 9110 8.8.1
  bool has_set_cookie = false;
  bool keeps_set_cookie = false;  ///< and what is stored has it
  /// Vary: *, or one that is malformed (RFC 9111 4.1), or by what is said of each client, or by
  /// more than anybody would compare.
  bool varies_on_all = false;
  /// It says that it is not for caches, in what is left out here, and the configuration says that
  /// it is.
  bool is_overruled = false;
  std::uint32_t targeting = 0;  ///< ReadingRules::targeting, when it was read

  const http::ResponseDirectives& directives() const { return freshness.directives; }
  /// There is something to ask the origin with whether it still holds (RFC 9110 13.1).
  bool has_validator() const { return has_etag || freshness.last_modified.has_value(); }
};

/// How responses are read.
struct ReadingRules {
  std::span<const std::string_view> targeted_fields;  ///< RFC 9213, in order
  std::uint32_t targeting = 0;                        ///< tells that list from others
  bool overrules = false;  ///< private, no-store, no-cache and Set-Cookie count for nothing
};

/// The moments between which an exchange with the origin took place.
struct Transit {
  WallTime request_sent{};
  WallTime response_received{};
};

ResponseFacts response_facts(const http::ResponseHead& head, const RequestFacts& request,
                             const Transit& transit, const ReadingRules& rules);

/// RFC 9110 15.1: may be given a lifetime that nobody stated.
bool is_heuristically_cacheable(std::uint16_t status);
/// A status whose meaning for caches is known here (RFC 9111 5.2.2.3).
bool is_understood(std::uint16_t status);

/// RFC 9111 5.1: of several members or lines the first; what is unusable is ignored, and zero.
Seconds age_of(const http::Fields& fields);

}  // namespace minato::cache
