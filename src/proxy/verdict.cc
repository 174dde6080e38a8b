#include "proxy/verdict.h"

#include <cerrno>
#include <utility>

namespace minato::proxy {

using http::Reason;

namespace {

/// RFC 9209 2.3.6 has an error of its own for these.
bool is_unroutable(int os_errno) {
  return os_errno == ENETUNREACH || os_errno == EHOSTUNREACH || os_errno == EHOSTDOWN;
}

Reason connect_reason(const Error& error) {
  if (is_unroutable(error.os_errno)) return Reason::connect_unroutable;
  switch (error.fault) {
    case Fault::refused:
    case Fault::not_found: return Reason::connect_refused;
    case Fault::timed_out: return Reason::connect_timeout;
    case Fault::resource: return Reason::out_of_resources;
    default: return Reason::connect_failed;
  }
}

Reason waiting_reason(Fault fault) {
  switch (fault) {
    case Fault::timed_out: return Reason::upstream_timeout;
    case Fault::reset: return Reason::upstream_reset;
    case Fault::malformed: return Reason::upstream_malformed;
    case Fault::fields_too_large: return Reason::upstream_head_too_large;
    default: return Reason::upstream_closed;
  }
}

Reason relaying_reason(Fault fault) {
  switch (fault) {
    case Fault::timed_out: return Reason::upstream_idle;
    case Fault::fields_too_large: return Reason::upstream_head_too_large;  // trailers
    case Fault::malformed: return Reason::upstream_malformed;
    case Fault::reset: return Reason::upstream_reset;
    default: return Reason::upstream_truncated;
  }
}

}  // namespace

Reason upstream_reason(const Error& error, Phase phase) {
  if (error.side == Side::local)
    return error.fault == Fault::resource ? Reason::out_of_resources : Reason::internal;
  switch (phase) {
    case Phase::connecting: return connect_reason(error);
    case Phase::waiting: return waiting_reason(error.fault);
    case Phase::relaying: return relaying_reason(error.fault);
  }
  std::unreachable();
}

bool may_retry(const Attempt& attempt, http::Method method) {
  if (attempt.client_failed) return false;
  if (attempt.phase == Phase::connecting) return attempt.body_repeatable;
  if (attempt.phase == Phase::relaying || attempt.received_any || !attempt.body_repeatable)
    return false;
  const bool lost = attempt.error.fault == Fault::closed || attempt.error.fault == Fault::reset;
  const bool harmless = http::is_idempotent(method) || !attempt.sent_any;
  return lost && attempt.error.side == Side::upstream && harmless;
}

Seconds retry_after(Reason reason) {
  const bool at_the_moment = http::row(reason).status == 503;  // RFC 9110 15.6.4
  return at_the_moment ? 1s : 0s;
}

http::Failure downstream_failure(const Error& error) {
  switch (error.fault) {
    case Fault::malformed: return {.reason = Reason::malformed_request, .error = error};
    case Fault::too_large: return {.reason = Reason::body_too_large, .error = error};
    case Fault::fields_too_large: return {.reason = Reason::head_too_large, .error = error};
    case Fault::timed_out: return {.reason = Reason::request_timeout, .error = error};
    case Fault::resource: return {.reason = Reason::out_of_resources, .error = error};
    default: return {.reason = Reason::client_gone, .error = error};
  }
}

}  // namespace minato::proxy
