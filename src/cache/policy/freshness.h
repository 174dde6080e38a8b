// How long a stored response is fresh, and how old it is (RFC 9111 4.2), for a shared cache.
//
// Facts in, answer out: no clock, no field, no I/O.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "http/cache_control.h"
#include "http/date.h"

namespace minato::cache {

/// What counts of a response for its freshness; read from its fields once, when it arrives.
struct FreshnessFacts {
  WallTime request_sent{};
  WallTime response_received{};
  std::optional<http::FieldDate> date;
  std::optional<http::FieldDate> expires;
  std::optional<http::FieldDate> last_modified;
  bool expires_invalid = false;  ///< there, and no date: already past (RFC 9111 5.3)
  Seconds age{0};                ///< of the Age field; 0 where absent or unusable
  http::ResponseDirectives directives;
  bool targeted = false;                 ///< `directives` are not Cache-Control's: no Expires
  bool heuristically_cacheable = false;  ///< by its status (RFC 9110 15.1), or public
  bool takes_default_ttl = false;        ///< by its status alone: where `ttl` counts for it
  bool authorized = false;               ///< the request named its user
  bool has_cookies = false;              ///< the request Cookie, or the response Set-Cookie
};

/// What the configuration says.
struct FreshnessRules {
  Seconds default_ttl{0};  ///< of a response that states none; 0: the heuristic
  bool ttl_applies_to_cookies = false;
  /// For its status, in place of both; 0: it has none then.
  std::optional<Seconds> status_ttl{};
  /// In place of whatever it says, from when it came.
  std::optional<Seconds> forced_ttl{};
  bool forces_private = false;  ///< also of what says that it is not for caches
  int heuristic_percent = 10;
  Seconds heuristic_max = std::chrono::days(1);
};

/// What decided a lifetime: for Cache-Status, logs and explanations.
enum class Basis : std::uint8_t {
  none,
  force,
  s_maxage,
  max_age,
  expires,
  status_ttl,
  default_ttl,
  heuristic
};

struct Lifetime {
  Seconds value{0};
  Basis basis = Basis::none;
  friend constexpr bool operator==(Lifetime, Lifetime) = default;
};

/// The configured lifetimes are for what could be anybody's: nobody's name is in the exchange.
constexpr bool is_for_anybody(const FreshnessFacts& facts, const FreshnessRules& rules) {
  return !facts.authorized && (!facts.has_cookies || rules.ttl_applies_to_cookies);
}

/// It says for how long itself. An Expires that is no date says: not at all (RFC 9111 5.3).
constexpr bool states_lifetime(const FreshnessFacts& facts) {
  return facts.directives.s_maxage || facts.directives.max_age ||
         (!facts.targeted && (facts.expires || facts.expires_invalid));
}

/// Others than the origin may have it serve while it is stale: the configuration, and clients. What
/// may be one user's has to say that it may be shared at all.
constexpr bool may_be_prolonged(const FreshnessFacts& facts, const FreshnessRules& rules) {
  return states_lifetime(facts) || rules.forced_ttl || is_for_anybody(facts, rules);
}

/// When it was generated, as far as it says (RFC 9110 6.6.1).
constexpr http::FieldDate date_of(const FreshnessFacts& facts) {
  return facts.date.value_or(http::field_date(facts.response_received));
}

/// RFC 9111 4.2.2: a tenth of the time since it was last changed, and not too long.
constexpr Lifetime heuristic_lifetime(const FreshnessFacts& facts, const FreshnessRules& rules) {
  const auto date = date_of(facts);
  if (!facts.last_modified || *facts.last_modified >= date) return {};
  const Seconds unchanged = date - *facts.last_modified;
  return {std::min(unchanged * rules.heuristic_percent / 100, rules.heuristic_max),
          Basis::heuristic};
}

/// RFC 9111 4.2.3. The round trip counts: what came slowly is not new.
constexpr Seconds current_age(const FreshnessFacts& facts, WallTime now) {
  const auto floor = [](Nanos span) {
    return std::max(Seconds(0), std::chrono::floor<Seconds>(span));
  };
  const Seconds apparent =
      std::max(Seconds(0), http::field_date(facts.response_received) - date_of(facts));
  const Nanos delay = std::max(Nanos(0), facts.response_received - facts.request_sent);
  const Nanos resident = std::max(Nanos(0), now - facts.response_received);
  const Seconds corrected = facts.age + floor(delay);
  return std::max(apparent, corrected) + floor(resident);
}

/// RFC 9111 4.2.1: the first of these that is there decides.
constexpr Lifetime freshness_lifetime(const FreshnessFacts& facts, const FreshnessRules& rules) {
  const auto& directives = facts.directives;
  if (rules.forced_ttl)  // however old it was when it came
    return {*rules.forced_ttl + current_age(facts, facts.response_received), Basis::force};
  if (directives.s_maxage) return {*directives.s_maxage, Basis::s_maxage};
  if (directives.max_age) return {*directives.max_age, Basis::max_age};
  if (facts.expires_invalid && !facts.targeted) return {Seconds(0), Basis::expires};
  if (facts.expires && !facts.targeted)
    return {std::max(Seconds(0), *facts.expires - date_of(facts)), Basis::expires};
  if (rules.status_ttl)
    return is_for_anybody(facts, rules) ? Lifetime{*rules.status_ttl, Basis::status_ttl}
                                        : Lifetime{};
  if (facts.takes_default_ttl && rules.default_ttl > Seconds(0) && is_for_anybody(facts, rules))
    return {rules.default_ttl, Basis::default_ttl};
  return facts.heuristically_cacheable ? heuristic_lifetime(facts, rules) : Lifetime{};
}

}  // namespace minato::cache
