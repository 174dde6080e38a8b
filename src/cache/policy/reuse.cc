#include "cache/policy/reuse.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace minato::cache {
namespace {

/// The origin will not say anything else as long as it is fresh (RFC 8246 2), which is no longer
/// than the origin means it to be.
bool is_settled(const http::ResponseDirectives& stored, const Decision& state) {
  return stored.immutable && state.ttl() > Seconds(0) && state.lifetime.basis != Basis::force;
}

/// What the request asks for beyond freshness (RFC 9111 5.2.1). A reload says max-age=0, which is
/// no wish for what is settled; who forces it says no-cache (RFC 8246 2.1).
std::optional<Why> objection(const http::RequestDirectives& request,
                             const http::ResponseDirectives& stored, const Decision& state) {
  if (request.no_cache) return Why::request_no_cache;
  const bool too_old = request.max_age && state.age > *request.max_age;
  if (too_old && !is_settled(stored, state)) return Why::request_max_age;
  if (request.min_fresh && state.ttl() < *request.min_fresh) return Why::request_min_fresh;
  return std::nullopt;
}

/// RFC 9111 5.2.1.2; s-maxage wants validation of what is stale (5.2.2.10).
bool heeds_max_stale(const FreshnessFacts& stored, const FreshnessRules& rules) {
  return !forbids_stale(stored.directives) && !stored.directives.s_maxage &&
         may_be_prolonged(stored, rules);
}

/// What may serve although it is stale, and why. `bears`: how stale the client takes it.
std::pair<Use, Why> of_stale(std::optional<Seconds> bears, const StaleWindows& windows,
                             Seconds staleness) {
  if (bears && staleness <= *bears) return {Use::serve, Why::stale_allowed_by_request};
  if (staleness <= windows.while_revalidate && windows.while_revalidate > Seconds(0))
    return {Use::serve_and_refresh, Why::stale_while_revalidate};
  return {Use::validate, Why::stale};
}

constexpr std::array names{
    std::pair{Why::fresh, "fresh"},
    std::pair{Why::stale_allowed_by_request, "max-stale"},
    std::pair{Why::stale_while_revalidate, "stale-while-revalidate"},
    std::pair{Why::stale, "stale"},
    std::pair{Why::no_cache, "no-cache"},
    std::pair{Why::purged, "purged"},
    std::pair{Why::request_no_cache, "request-no-cache"},
    std::pair{Why::request_max_age, "request-max-age"},
    std::pair{Why::request_min_fresh, "request-min-fresh"},
};

}  // namespace

Decision decide(const ResponseFacts& stored, const http::RequestDirectives& request,
                const ReuseRules& rules, bool purged, WallTime now) {
  Decision decision{.use = Use::serve,
                    .why = Why::fresh,
                    .age = current_age(stored.freshness, now),
                    .lifetime = freshness_lifetime(stored.freshness, rules.freshness),
                    .serves_on_error = false};
  const auto windows = stale_windows(stored.freshness, rules.freshness, rules.stale);
  const Seconds staleness = -decision.ttl();
  // What is fresh is stale by less than any window.
  decision.serves_on_error = !stored.directives().no_cache && staleness < windows.if_error;
  const auto validate = [&](Why why) {
    decision.use = request.only_if_cached ? Use::refuse : Use::validate;
    decision.why = why;
    return decision;
  };
  if (const auto why = objection(request, stored.directives(), decision)) return validate(*why);
  if (stored.directives().no_cache) return validate(Why::no_cache);
  if (purged) return validate(Why::purged);
  if (decision.ttl() > Seconds(0)) return decision;
  const auto bears =
      heeds_max_stale(stored.freshness, rules.freshness) ? request.max_stale : std::nullopt;
  const auto [use, why] = of_stale(bears, windows, staleness);
  if (use == Use::validate) return validate(why);
  decision.use = use, decision.why = why;
  return decision;
}

std::string_view name(Why why) {
  return std::ranges::find(names, why, &std::pair<Why, const char*>::first)->second;
}

}  // namespace minato::cache
