// The handler that forwards: to an endpoint of its service, and the response back.
#pragma once

#include <string>

#include "http/handler.h"
#include "proxy/service.h"
#include "upstream/pools.h"

namespace minato::proxy {

/// What a worker lends to every proxy on it.
struct Surroundings {
  runtime::Loop& loop;
  upstream::Pools& pools;
  upstream::WorkerIndex worker;
  std::string_view pseudonym;  ///< of this instance, for Via: a token
};

/// Thread:  one worker's.
/// Outlive: the service and the surroundings. Whoever routes a request to the service gives it the
///          service's rules for bodies.
class Proxy final : public http::Handler {
 public:
  Proxy(const Service& service, const Surroundings& surroundings)
      : service_(service), surroundings_(surroundings) {}

  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override;

 private:
  const Service& service_;
  Surroundings surroundings_;
};

}  // namespace minato::proxy
