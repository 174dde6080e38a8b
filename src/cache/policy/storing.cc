#include "cache/policy/storing.h"

#include <algorithm>
#include <array>
#include <utility>

namespace minato::cache {
namespace {

/// RFC 9111 3.5: what was given to one who named himself may be given to others.
bool allows_authorized(const http::ResponseDirectives& directives) {
  return directives.public_ || directives.must_revalidate || directives.s_maxage.has_value();
}

/// A lifetime that the configuration states for it.
bool has_configured_lifetime(const ResponseFacts& response, const FreshnessRules& rules) {
  const FreshnessFacts& facts = response.freshness;
  if (!is_for_anybody(facts, rules)) return false;
  if (rules.status_ttl) return *rules.status_ttl > Seconds(0);
  return facts.takes_default_ttl && rules.default_ttl > Seconds(0);
}

/// RFC 9111 3, the last point. Who lists a status has said what may be stored of it, and what not.
bool something_allows_it(const ResponseFacts& response, const FreshnessRules& rules) {
  if (states_lifetime(response.freshness) || rules.forced_ttl) return true;
  if (rules.status_ttl == Seconds(0)) return false;
  return response.freshness.heuristically_cacheable || has_configured_lifetime(response, rules);
}

bool may_be_of_use(const ResponseFacts& response, const StoringRules& rules) {
  if (response.has_validator()) return true;
  const auto windows = stale_windows(response.freshness, rules.freshness, rules.stale);
  const Seconds longest = freshness_lifetime(response.freshness, rules.freshness).value +
                          std::max(windows.while_revalidate, windows.if_error);
  return !response.directives().no_cache &&
         longest > current_age(response.freshness, response.freshness.response_received);
}

Refusal refusal_of_method(const RequestFacts& request, const ResponseFacts& response,
                          const StoringCircumstances& circumstances) {
  if (request.method == http::Method::get) return Refusal::none;
  // RFC 9110 9.3.3.
  const bool post = request.method == http::Method::post && circumstances.answers_for_target &&
                    states_lifetime(response.freshness) && response.status < 300;
  return post ? Refusal::none : Refusal::method;
}

/// must-understand says that no-store beside it is for those who do not (RFC 9111 5.2.2.3).
Refusal refusal_of_directives(const ResponseFacts& response) {
  const auto& directives = response.directives();
  if (directives.must_understand)
    return is_understood(response.status) ? Refusal::none : Refusal::not_understood;
  return directives.no_store ? Refusal::no_store : Refusal::none;
}

/// A cookie is for others where the response says for how long, or the configuration does.
bool allows_set_cookie(const ResponseFacts& response, const FreshnessRules& freshness,
                       SetCookie set_cookie) {
  if (!response.has_set_cookie || set_cookie == SetCookie::strip) return true;
  return set_cookie == SetCookie::store &&
         (states_lifetime(response.freshness) || has_configured_lifetime(response, freshness));
}

Refusal refusal_of_privacy(const RequestFacts& request, const ResponseFacts& response,
                           const StoringRules& rules) {
  const auto& directives = response.directives();
  if (directives.private_) return Refusal::private_;
  if (request.has_authorization && !allows_authorized(directives)) return Refusal::authorization;
  const bool allowed = allows_set_cookie(response, rules.freshness, rules.set_cookie);
  return allowed ? Refusal::none : Refusal::set_cookie;
}

Refusal refusal_of_lifetime(const ResponseFacts& response, const StoringRules& rules) {
  if (!something_allows_it(response, rules.freshness)) return Refusal::nothing_allows_it;
  return may_be_of_use(response, rules) ? Refusal::none : Refusal::no_use;
}

/// Whether without its cookies it had the lifetime that it lacks.
bool is_barred_by_cookies(const ResponseFacts& response, StoringRules rules) {
  rules.freshness.ttl_applies_to_cookies = true;
  return response.freshness.has_cookies && refusal_of_lifetime(response, rules) == Refusal::none;
}

constexpr std::array names{
    std::pair{Refusal::none, "none"},
    std::pair{Refusal::method, "method"},
    std::pair{Refusal::request_no_store, "request-no-store"},
    std::pair{Refusal::no_store, "no-store"},
    std::pair{Refusal::not_understood, "not-understood"},
    std::pair{Refusal::private_, "private"},
    std::pair{Refusal::authorization, "authorization"},
    std::pair{Refusal::varies_on_all, "vary-star"},
    std::pair{Refusal::set_cookie, "set-cookie"},
    std::pair{Refusal::status, "status"},
    std::pair{Refusal::nothing_allows_it, "no-lifetime"},
    std::pair{Refusal::event_stream, "event-stream"},
    std::pair{Refusal::too_large, "too-large"},
    std::pair{Refusal::no_memory, "no-memory"},
    std::pair{Refusal::partial, "partial"},
    std::pair{Refusal::bypass, "bypass"},
    std::pair{Refusal::no_use, "stale-on-arrival"},
    std::pair{Refusal::cookie, "cookie"},
};

}  // namespace

Refusal why_not_store(const RequestFacts& request, const ResponseFacts& response,
                      const StoringCircumstances& circumstances, const StoringRules& rules) {
  if (request.directives.no_store) return Refusal::request_no_store;
  if (is_never_stored(response.status)) return Refusal::status;
  if (auto refusal = refusal_of_method(request, response, circumstances); refusal != Refusal::none)
    return refusal;
  if (auto refusal = refusal_of_directives(response); refusal != Refusal::none) return refusal;
  if (auto refusal = refusal_of_privacy(request, response, rules); refusal != Refusal::none)
    return refusal;
  if (response.varies_on_all) return Refusal::varies_on_all;
  const Refusal refusal = refusal_of_lifetime(response, rules);
  if (refusal == Refusal::none) return refusal;
  return is_barred_by_cookies(response, rules) ? Refusal::cookie : refusal;
}

bool may_stay(const ResponseFacts& stored, const FreshnessRules& freshness,
              const StayingRules& rules) {
  if (stored.targeting != rules.targeting) return false;  // it might be read otherwise now
  const bool strips = freshness.forces_private || rules.set_cookie == SetCookie::strip;
  if (stored.keeps_set_cookie && strips) return false;
  if (!allows_set_cookie(stored, freshness, rules.set_cookie)) return false;
  return something_allows_it(stored, freshness) &&
         (!stored.is_overruled || freshness.forces_private);
}

std::string_view name(Refusal refusal) {
  return std::ranges::find(names, refusal, &std::pair<Refusal, const char*>::first)->second;
}

}  // namespace minato::cache
