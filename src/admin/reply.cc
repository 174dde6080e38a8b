#include "admin/reply.h"

#include "admin/json.h"
#include "http/status.h"

namespace minato::admin {

using http::FieldId;

Reply document(std::string json) { return {.body = std::move(json)}; }

Reply problem(std::uint16_t status, std::string_view detail, http::Reason reason) {
  return {.status = status,
          .content_type = "application/problem+json",
          .body = problem_json(status, detail),
          .reason = reason};
}

Task<http::Outcome> send(const Reply& reply, http::Request& request, http::Responder& responder) {
  request.record.reason = reply.reason;
  http::ResponseHead head(request.arena);
  head.status = reply.status;
  head.reason = http::reason_phrase(reply.status);
  head.fields.add(FieldId::content_type, reply.content_type);
  head.fields.add(FieldId::cache_control, "no-store");
  if (reply.extra != FieldId::unknown) head.fields.add(reply.extra, reply.extra_value);
  const auto length = http::BodyLength::known(reply.body.size());
  if (const auto begun = responder.start(head, length); !begun)
    co_return std::unexpected(http::Failure{http::Reason::internal, begun.error()});
  const auto sent = co_await responder.write(reply.body, http::Last::yes);
  if (!sent) co_return std::unexpected(http::Failure{http::Reason::client_gone, sent.error()});
  co_return http::Outcome{};
}

}  // namespace minato::admin
