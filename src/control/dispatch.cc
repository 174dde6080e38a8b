#include "control/dispatch.h"

namespace minato::control {
namespace {

using http::Failure;
using http::Reason;

Failure path_failure(http::PathFault fault) {
  const Reason reason =
      fault == http::PathFault::above_root ? Reason::path_above_root : Reason::malformed_request;
  return {.reason = reason,
          .error = {Fault::malformed, Side::downstream, 0, http::describe(fault)}};
}

/// What is matched of a target. An absolute one may have no path, and means the root then.
std::string_view matched_path(const http::Target& target) {
  return target.path.empty() ? std::string_view("/") : target.path;
}

/// Fails the request without a coroutine of a handler.
Task<http::Outcome> refuse(Failure failure) { co_return std::unexpected(failure); }

}  // namespace

std::expected<routing::RouteIndex, Failure> Dispatch::route(const http::Request& request) const {
  const auto host = plan_.router.find_host(request.head.authority);
  if (!host) return std::unexpected(Failure{.reason = Reason::no_route});
  const auto path =
      http::normalize_path(matched_path(request.head.target), host->merge_slashes, request.arena);
  if (!path) return std::unexpected(path_failure(path.error()));
  const auto route = plan_.router.find_route(*host, *path);
  if (!route) return std::unexpected(Failure{.reason = Reason::no_route});
  return *route;
}

Task<http::Outcome> Dispatch::handle(http::Request& request, http::Responder& responder) {
  const auto found = route(request);
  if (!found) return refuse(found.error());
  request.record.route = *found;
  return handlers_[*found]->handle(request, responder);
}

}  // namespace minato::control
