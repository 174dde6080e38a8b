// Why an exchange ended the way it did. One enumeration feeds the answers that Minato makes itself,
// the access log, Proxy-Status (RFC 9209) and, later, the counters.
#pragma once

#include <cstdint>
#include <string_view>

namespace minato::http {

enum class Reason : std::uint8_t {
  none,  ///< the upstream's answer, or a handler's own, went out whole
  // What the client did.
  malformed_request,
  uri_too_long,
  head_too_large,
  body_too_large,
  request_timeout,
  version_not_supported,
  transfer_coding_not_implemented,
  method_not_implemented,  ///< CONNECT
  path_above_root,
  client_gone,
  client_too_slow,
  // What the configuration says.
  no_route,
  not_found,  ///< a Minato endpoint that is not there
  method_not_allowed,
  unauthorized,
  only_if_cached,  ///< the request wants nothing of the origin, and nothing is stored for it
  tunnel_idle,     ///< both sides of an upgraded connection were silent for too long
  // What the upstream did.
  no_usable_endpoint,
  upstream_saturated,
  name_not_resolved,
  connect_refused,
  connect_timeout,
  connect_unroutable,  ///< no way to its address
  connect_failed,
  upstream_closed,  ///< ended before its head was whole
  upstream_reset,
  upstream_malformed,
  upstream_head_too_large,
  upstream_timeout,    ///< no head in time
  upstream_idle,       ///< the body stopped coming
  upstream_truncated,  ///< the body ended early
  stale_forbidden,     ///< no answer, and what is stored must not be served without one
  proxy_loop,
  // What we did.
  shutting_down,
  out_of_resources,
  internal,
};

struct ReasonRow {
  Reason reason;
  std::string_view name;  ///< in logs and counters
  std::uint16_t status;   ///< of the answer that Minato makes; 0 where it makes none
  std::string_view
      proxy_status;       ///< RFC 9209 2.3 error type; empty where the RFC has none that fits
  std::string_view text;  ///< one sentence for a person
};

const ReasonRow& row(Reason reason) noexcept;

}  // namespace minato::http
