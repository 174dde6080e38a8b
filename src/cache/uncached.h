// In front of a service without a cache: what its unsafe methods make out of date may be stored all
// the same, by other services of the URL, and by configurations before and after this one.
#pragma once

#include "cache/elsewhere.h"
#include "http/handler.h"

namespace minato::cache {

/// Thread:  one worker's.
/// Outlive: the origin and what is elsewhere.
class UncachedHandler final : public http::Handler {
 public:
  UncachedHandler(http::Handler& origin, Elsewhere& elsewhere)
      : origin_(origin), elsewhere_(elsewhere) {}

  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override;

 private:
  http::Handler& origin_;
  Elsewhere& elsewhere_;
};

}  // namespace minato::cache
