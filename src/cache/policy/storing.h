// Whether a response may be stored, and as what (RFC 9111 3).
#pragma once

#include <cstdint>

#include "cache/policy/stale.h"

namespace minato::cache {

/// Why not; `none`: it may.
enum class Refusal : std::uint8_t {
  none,
  method,             ///< neither GET nor a POST that says what its answer stands for
  request_no_store,   ///< RFC 9111 5.2.1.5
  no_store,           ///< RFC 9111 5.2.2.5
  not_understood,     ///< must-understand, and an unknown status (5.2.2.3)
  private_,           ///< RFC 9111 5.2.2.7
  authorization,      ///< RFC 9111 3.5
  varies_on_all,      ///< RFC 9111 4.1
  set_cookie,         ///< the configuration, or a cookie with a lifetime that nobody stated
  status,             ///< means something for this request alone: 304, 412, 416
  nothing_allows_it,  ///< none of what RFC 9111 3 asks for, the last point
  event_stream,       ///< text/event-stream: never ends, and is for who listens now
  too_large,          ///< the configured size
  no_memory,          ///< there is none for its head
  partial,            ///< a part that nothing can be put together with
  bypass,             ///< the configuration: the request passes by what is stored
  no_use,             ///< stale on arrival, and nothing to validate it with
  cookie,             ///< that, or no lifetime, where a cookie alone bars the configured one
};

enum class SetCookie : std::uint8_t { store, strip, bypass };

struct StoringRules {
  FreshnessRules freshness;
  SetCookie set_cookie = SetCookie::store;
  StaleRules stale;
};

/// What else of an exchange decides; all of it false for an ordinary GET.
struct StoringCircumstances {
  /// A POST whose answer names the target itself as its Content-Location (RFC 9110 9.3.3).
  bool answers_for_target = false;
};

/// 304 updates what is stored; 412 and 416 answer conditions and ranges that are not in the key.
constexpr bool is_never_stored(std::uint16_t status) {
  return status < 200 || status == 304 || status == 412 || status == 416;
}

Refusal why_not_store(const RequestFacts& request, const ResponseFacts& response,
                      const StoringCircumstances& circumstances, const StoringRules& rules);

/// What else of the configuration may be another than when a response was stored.
struct StayingRules {
  SetCookie set_cookie = SetCookie::store;
  std::uint32_t targeting = 0;  ///< ReadingRules::targeting
};

/// Whether what was stored, under other rules maybe, may be used under these.
bool may_stay(const ResponseFacts& stored, const FreshnessRules& freshness,
              const StayingRules& rules);

/// One word, for Cache-Status, logs and counters.
std::string_view name(Refusal refusal);

}  // namespace minato::cache
