#include "admin/api.h"

#include "admin/resources.h"

namespace minato::admin {

using http::Failure;
using http::FieldId;
using http::Reason;

namespace {

Reply refusal(Denial why) {
  switch (why) {
    case Denial::no_token: {
      Reply reply = problem(401, "A bearer token is needed here.", Reason::unauthorized);
      reply.extra = FieldId::www_authenticate;
      reply.extra_value = "Bearer realm=\"minato\"";
      return reply;
    }
    case Denial::wrong_token: {
      Reply reply = problem(401, "The bearer token is not the right one.", Reason::unauthorized);
      reply.extra = FieldId::www_authenticate;
      reply.extra_value = "Bearer realm=\"minato\", error=\"invalid_token\"";  // RFC 6750 3.1
      return reply;
    }
    case Denial::foreign_host:
      return problem(421, "Without a token, the Host must be an IP address or localhost.");
    case Denial::foreign_page:
      return problem(403, "Without a token, pages of another origin may not ask.");
  }
  std::unreachable();
}

Reply nothing_there(std::string_view path) {
  const std::string methods = allowed_methods(path);
  if (methods.empty()) return problem(404, "There is no such resource.", Reason::not_found);
  Reply reply = problem(405, "The resource does not know this method.", Reason::method_not_allowed);
  reply.extra = FieldId::allow;
  reply.extra_value = methods;
  return reply;
}

/// With who neither sends nor reads: few connections are served at once.
constexpr Millis patience = 5s;
/// Who sends a body more slowly keeps others out, by a byte now and then, for days.
constexpr std::uint64_t body_rate_min = 4u << 10;
/// Fewer than connections are served, so that who sends none is answered all the same.
constexpr int bodies_awaited_max = 48;

/// Counts as long as it lives.
class Counted {
 public:
  explicit Counted(int& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  int& count_;
};

Failure failure_of(const Error& error) {
  switch (error.fault) {
    case Fault::malformed: return {Reason::malformed_request, error};
    case Fault::fields_too_large: return {Reason::head_too_large, error};
    case Fault::timed_out: return {Reason::request_timeout, error};
    default: return {Reason::client_gone, error};
  }
}

Reply too_large() {
  return problem(413, "The body is larger than is taken here.", Reason::body_too_large);
}

bool announces_too_much(const http::RequestBody& body) {
  return body.length().kind == http::BodyLength::Kind::known &&
         body.length().bytes > Api::body_bytes_max;
}

/// What stands in the way of an answer, before the body is asked for (RFC 9110 10.1.1).
std::optional<Reply> refusal(const http::Request& request, const Resource* resource,
                             const GateOptions& gate) {
  if (resource == nullptr || resource->guard == Guard::guarded)
    if (const auto why = denial(request.head, gate)) return refusal(*why);
  if (resource == nullptr) return nothing_there(request.head.target.path);
  if (announces_too_much(request.body)) return too_large();
  return std::nullopt;
}

}  // namespace

/// Lets the client send, and keeps what comes.
Task<Result<void>> Api::read_body(http::Request& request, http::Responder& responder,
                                  std::string& body) {
  const Counted awaited(bodies_awaited_);
  request.rules.bytes_max = body_bytes_max;
  request.rules.rate_min = body_rate_min;
  if (request.body.awaits_continue()) {
    http::ResponseHead go_on(request.arena);
    go_on.status = 100;
    go_on.reason = "Continue";
    if (const auto sent = co_await responder.interim(go_on); !sent) co_return sent;
  }
  for (;;) {
    const auto piece = co_await request.body.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return Result<void>{};
    body += *piece;
  }
}

Task<http::Outcome> Api::handle(http::Request& request, http::Responder& responder) {
  request.rules.idle = patience;
  const Resource* const resource = find_resource(request.head.method, request.head.target.path);
  if (const auto refused = refusal(request, resource, gate_))
    co_return co_await send(*refused, request, responder);
  const bool wants_body = resource->guard == Guard::guarded && !request.body.ended();
  if (wants_body && bodies_awaited_ >= bodies_awaited_max)
    co_return co_await send(
        problem(503, "So many requests are awaited whose bodies are still to come. Ask again."),
        request, responder);
  std::string body;
  Result<void> whole;
  // What anybody may ask has no use for a body, and waits for none.
  if (wants_body) whole = co_await read_body(request, responder, body);
  if (!whole && whole.error().fault != Fault::too_large)
    co_return std::unexpected(failure_of(whole.error()));
  const Question question{.query = request.head.target.query, .body = body};
  Reply reply = too_large();
  if (whole) reply = co_await resource->answer(program_, question);
  co_return co_await send(reply, request, responder);
}

}  // namespace minato::admin
