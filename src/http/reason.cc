#include "http/reason.h"

#include <array>

namespace minato::http {
namespace {

// CONNECT is 501 and not 405: 405 speaks of one target (RFC 9110 15.5.6), while Minato implements
// the method for none, which is what 501 is for (RFC 9110 9.1, 15.6.2). The same holds for a method
// whose name is longer than any there is (RFC 9112 3).
//
// The error types are those of RFC 9209 2.3. `http_request_error` is for 4xx alone (2.3.16); what
// Minato answers by itself without looking for a next hop is `proxy_internal_response` (2.3.29).
constexpr std::array rows = {
    ReasonRow{Reason::none, "none", 0, "", ""},
    ReasonRow{Reason::malformed_request, "malformed_request", 400, "http_request_error",
              "The request is not well-formed HTTP."},
    ReasonRow{Reason::uri_too_long, "uri_too_long", 414, "http_request_error",
              "The request target is longer than this server accepts."},
    ReasonRow{Reason::head_too_large, "head_too_large", 431, "http_request_error",
              "The request's header fields are larger than this server accepts."},
    ReasonRow{Reason::body_too_large, "body_too_large", 413, "http_request_error",
              "The request's body is larger than this server accepts."},
    ReasonRow{Reason::request_timeout, "request_timeout", 408, "http_request_error",
              "The request did not arrive in time."},
    ReasonRow{Reason::version_not_supported, "version_not_supported", 505,
              "proxy_internal_response",
              "The version of HTTP in the request is not supported here."},
    ReasonRow{Reason::transfer_coding_not_implemented, "transfer_coding_not_implemented", 501,
              "proxy_internal_response", "The request's transfer coding is not implemented."},
    ReasonRow{Reason::method_not_implemented, "method_not_implemented", 501,
              "proxy_internal_response", "The request's method is not implemented."},
    ReasonRow{Reason::path_above_root, "path_above_root", 400, "http_request_error",
              "The request's path is not valid, or leads above its root."},
    ReasonRow{Reason::client_gone, "client_gone", 0, "",
              "The client went away before the answer was complete."},
    ReasonRow{Reason::client_too_slow, "client_too_slow", 0, "",
              "The client took too long to read the answer."},
    ReasonRow{Reason::no_route, "no_route", 404, "destination_not_found",
              "Nothing is configured for this host and path."},
    ReasonRow{Reason::not_found, "not_found", 404, "proxy_internal_response",
              "There is nothing here."},
    ReasonRow{Reason::method_not_allowed, "method_not_allowed", 405, "http_request_error",
              "The request's method is not allowed here."},
    ReasonRow{Reason::unauthorized, "unauthorized", 401, "http_request_error",
              "The request needs valid credentials."},
    ReasonRow{Reason::only_if_cached, "only_if_cached", 504, "proxy_internal_response",
              "Nothing is stored that may answer this request."},
    ReasonRow{Reason::tunnel_idle, "tunnel_idle", 0, "",
              "Neither side of the upgraded connection said anything for too long."},
    ReasonRow{Reason::no_usable_endpoint, "no_usable_endpoint", 503, "destination_unavailable",
              "No server for this address is available at the moment."},
    ReasonRow{Reason::upstream_saturated, "upstream_saturated", 503, "connection_limit_reached",
              "The servers for this address are at their limit."},
    ReasonRow{Reason::name_not_resolved, "name_not_resolved", 502, "dns_error",
              "The name of the server behind this one does not resolve."},
    ReasonRow{Reason::connect_refused, "connect_refused", 502, "connection_refused",
              "The server behind this one refused the connection."},
    ReasonRow{Reason::connect_timeout, "connect_timeout", 504, "connection_timeout",
              "The server behind this one could not be reached in time."},
    ReasonRow{Reason::connect_unroutable, "connect_unroutable", 502, "destination_ip_unroutable",
              "There is no way to the server behind this one."},
    ReasonRow{Reason::connect_failed, "connect_failed", 502, "destination_unavailable",
              "The server behind this one could not be reached."},
    ReasonRow{Reason::upstream_closed, "upstream_closed", 502, "connection_terminated",
              "The server behind this one closed the connection without an answer."},
    ReasonRow{Reason::upstream_reset, "upstream_reset", 502, "connection_terminated",
              "The server behind this one broke the connection off."},
    ReasonRow{Reason::upstream_malformed, "upstream_malformed", 502, "http_protocol_error",
              "The server behind this one sent what is not well-formed HTTP."},
    ReasonRow{Reason::upstream_head_too_large, "upstream_head_too_large", 502,
              "http_response_header_section_size",
              "The server behind this one sent larger header fields than are accepted."},
    ReasonRow{Reason::upstream_timeout, "upstream_timeout", 504, "http_response_timeout",
              "The server behind this one did not answer in time."},
    ReasonRow{Reason::upstream_idle, "upstream_idle", 504, "connection_read_timeout",
              "The server behind this one stopped in the middle of its answer."},
    ReasonRow{Reason::upstream_truncated, "upstream_truncated", 502, "http_response_incomplete",
              "The server behind this one ended its answer early."},
    ReasonRow{Reason::stale_forbidden, "stale_forbidden", 504, "destination_unavailable",
              "What is stored must be validated first, and the server behind this one gave no "
              "answer."},
    ReasonRow{Reason::proxy_loop, "proxy_loop", 502, "proxy_loop_detected",
              "The request came back to the proxy that had forwarded it."},
    ReasonRow{Reason::shutting_down, "shutting_down", 503, "proxy_internal_response",
              "This server is shutting down."},
    ReasonRow{Reason::out_of_resources, "out_of_resources", 503, "proxy_internal_error",
              "This server is out of resources at the moment."},
    ReasonRow{Reason::internal, "internal", 500, "proxy_internal_error", "This server failed."},
};

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].reason != static_cast<Reason>(i)) return false;
  return rows.back().reason == Reason::internal;
}
static_assert(in_enum_order());

constexpr bool every_answer_tells_why() {
  for (const ReasonRow& candidate : rows)
    if (candidate.status != 0 && candidate.proxy_status.empty()) return false;
  return true;
}
static_assert(every_answer_tells_why());

}  // namespace

const ReasonRow& row(Reason reason) noexcept { return rows[static_cast<std::size_t>(reason)]; }

}  // namespace minato::http
