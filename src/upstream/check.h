// One question that is asked of an endpoint again and again, and what is known from the answers.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "upstream/endpoint.h"
#include "upstream/health.h"

namespace minato::upstream {

struct Membership;

/// Thread: the control thread's.
struct Check {
  std::shared_ptr<Endpoint> endpoint;
  std::string target;  ///< to GET: health_uri joined to the base path; empty where no HTTP is asked
  std::string host;    ///< the Host field
  HealthOptions options;
  Health health;
  std::set<Membership*> users{};  ///< the groups that depend on it; kept by the registry

  /// An endpoint that is not checked is always usable: nothing would bring it back.
  bool usable() const { return options.type == HealthType::off || health.up(); }
};

/// A change of state, to be logged once.
struct Transition {
  std::shared_ptr<Endpoint> endpoint;
  bool up;
  HealthCause cause;
  std::set<std::string> services{};  ///< for which it changed
};

/// "10.0.0.1:8000 (http://backend:8000) is down: check answered 503".
std::string to_string(const Transition& transition);

}  // namespace minato::upstream
