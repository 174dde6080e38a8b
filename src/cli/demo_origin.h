// A small origin server: says who it is and what reached it. It streams at /slow; what it says at
// /cached may be stored for a minute.
#pragma once

#include <string>

#include "http/handler.h"
#include "runtime/loop.h"

namespace minato::cli {

/// Thread: the loop's.
class DemoOrigin final : public http::Handler {
 public:
  /// `pace`: the time between two pieces of the stream.
  DemoOrigin(runtime::Loop& loop, std::string name, Millis pace)
      : loop_(loop), name_(std::move(name)), pace_(pace) {}

  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override;

 private:
  Task<Result<void>> stream(http::Request& request, http::Responder& responder);

  runtime::Loop& loop_;
  std::string name_;
  Millis pace_;
};

}  // namespace minato::cli
