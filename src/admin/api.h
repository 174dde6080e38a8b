// The API of the control socket and of `admin.listen`.
#pragma once

#include "admin/gate.h"
#include "admin/program.h"
#include "admin/reply.h"
#include "http/handler.h"

namespace minato::admin {

/// Answers from the resource table. Every refusal is a problem document (RFC 9457).
///
/// Thread:  the control thread's.
/// Outlive: the program.
/// Bounds:  of a request's body it takes `body_bytes_max`.
class Api final : public http::Handler {
 public:
  static constexpr std::uint64_t body_bytes_max = 64u << 10;

  Api(Program& program, GateOptions gate) : program_(program), gate_(std::move(gate)) {}

  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override;

 private:
  Task<Result<void>> read_body(http::Request& request, http::Responder& responder,
                               std::string& body);

  Program& program_;
  GateOptions gate_;
  int bodies_awaited_ = 0;
};

}  // namespace minato::admin
