// How long after its freshness a response may still serve (RFC 9111 4.2.4, RFC 5861).
#pragma once

#include "cache/policy/facts.h"

namespace minato::cache {

/// Default windows, where a response states none.
struct StaleRules {
  Seconds while_revalidate{0};
  Seconds if_error{0};
};

struct StaleWindows {
  Seconds while_revalidate{0};
  Seconds if_error{0};
};

/// RFC 5861 4.
constexpr bool is_origin_error(std::uint16_t status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

/// must-revalidate, proxy-revalidate and no-cache allow nothing stale (RFC 9111 5.2.2.2, 5.2.2.8,
/// 5.2.2.4). s-maxage means proxy-revalidate (5.2.2.10), but an origin that states a window beside
/// it means the window.
constexpr bool forbids_stale(const http::ResponseDirectives& directives) {
  return directives.must_revalidate || directives.proxy_revalidate || directives.no_cache;
}

/// Whether an explicit directive prohibits what no window of the origin's allows (RFC 9111 4.2.4),
/// s-maxage among them.
constexpr bool prohibits_stale(const http::ResponseDirectives& directives) {
  return forbids_stale(directives) || directives.s_maxage.has_value();
}

constexpr StaleWindows stale_windows(const FreshnessFacts& facts, const FreshnessRules& freshness,
                                     const StaleRules& rules) {
  const auto& directives = facts.directives;
  if (forbids_stale(directives)) return {};
  const bool takes_defaults = !directives.s_maxage && may_be_prolonged(facts, freshness);
  const auto window = [&](std::optional<Seconds> stated, Seconds otherwise) {
    return stated.value_or(takes_defaults ? otherwise : Seconds(0));
  };
  return {.while_revalidate = window(directives.stale_while_revalidate, rules.while_revalidate),
          .if_error = window(directives.stale_if_error, rules.if_error)};
}

}  // namespace minato::cache
