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

/// Fails the request without a coroutine of a handler.
Task<http::Outcome> refuse(Failure failure) { co_return std::unexpected(failure); }

}  // namespace

std::expected<routing::RouteIndex, Failure> find_route(const routing::Router& router,
                                                       std::string_view authority,
                                                       std::string_view path, Arena& arena) {
  const auto host = router.find_host(authority);
  if (!host) return std::unexpected(Failure{.reason = Reason::no_route});
  if (path.empty()) path = "/";  // an absolute target may have none, and means the root then
  const auto normal = http::normalize_path(path, host->merge_slashes, arena);
  if (!normal) return std::unexpected(path_failure(normal.error()));
  const auto route = router.find_route(*host, *normal);
  if (!route) return std::unexpected(Failure{.reason = Reason::no_route});
  return *route;
}

Task<http::Outcome> Dispatch::handle(http::Request& request, http::Responder& responder) {
  const auto found =
      find_route(plan_.router, request.head.authority, request.head.target.path, request.arena);
  if (!found) return refuse(found.error());
  const proxy::Service& service = services_[*found].service;
  request.rules = service.body_rules();
  request.record.route = *found;
  request.record.service = service.name;
  return handlers_[*found]->handle(request, responder);
}

}  // namespace minato::control
