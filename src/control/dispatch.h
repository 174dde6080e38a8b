// The handler of a port: finds the service that takes a request, and hands it on under the rules of
// that, so that they hold whoever answers.
#pragma once

#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "control/snapshot.h"
#include "http/handler.h"

namespace minato::control {

/// Which service takes a request to `authority` for `path`, as the client wrote it. Failures:
/// no_route (404); path_above_root and malformed_request (400) for a path that could escape its
/// route.
std::expected<routing::RouteIndex, http::Failure> find_route(const routing::Router& router,
                                                             std::string_view authority,
                                                             std::string_view path, Arena& arena);

/// Thread:  one worker's.
/// Outlive: the plan, the services and the handlers, one a service, in the snapshot's order.
class Dispatch final : public http::Handler {
 public:
  Dispatch(const PortPlan& plan, std::span<const ServicePlan> services,
           std::span<http::Handler* const> handlers)
      : plan_(plan), services_(services), handlers_(handlers) {}

  /// Fails as `find_route`.
  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override;

 private:
  const PortPlan& plan_;
  std::span<const ServicePlan> services_;
  std::span<http::Handler* const> handlers_;
};

}  // namespace minato::control
