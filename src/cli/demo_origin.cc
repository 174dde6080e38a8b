#include "cli/demo_origin.h"

#include <fmt/format.h>

#include "base/ok.h"

namespace minato::cli {

using http::FieldId;
using http::Last;

namespace {

constexpr std::size_t shown_body_bytes_max = 4096;
constexpr int events = 5;

/// The beginning of the request's body.
Task<Result<std::string>> read_some(http::RequestBody& body) {
  std::string text;
  while (text.size() < shown_body_bytes_max) {
    const auto piece = co_await body.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) break;
    text += *piece;
  }
  text.resize(std::min(text.size(), shown_body_bytes_max));
  co_return text;
}

std::string describe(std::string_view name, const http::Request& request, std::string_view body) {
  const http::RequestHead& head = request.head;
  std::string text = fmt::format("This is {}, and this is what reached it:\n\n{} {}\n", name,
                                 head.method_text, head.target.text);
  head.fields.for_each(
      [&](const http::Field& line) { text += fmt::format("{}: {}\n", line.name, line.value); });
  if (!body.empty()) text += fmt::format("\n{}\n", body);
  return text;
}

Result<void> start(http::Request& request, http::Responder& responder, std::string_view type,
                   http::BodyLength length) {
  http::ResponseHead head(request.arena);
  head.status = 200;
  head.reason = "OK";
  head.fields.add(FieldId::content_type, type);
  const bool lasts = request.head.target.path == "/cached";
  head.fields.add(FieldId::cache_control, lasts ? "max-age=60" : "no-store");
  return responder.start(head, length);
}

Task<Result<void>> echo(std::string_view name, http::Request& request, http::Responder& responder) {
  std::string body;
  if (!request.body.awaits_continue()) body = co_await ok(read_some(request.body));
  const std::string text = describe(name, request, body);
  const auto length = http::BodyLength::known(text.size());
  if (const auto begun = start(request, responder, "text/plain; charset=utf-8", length); !begun)
    co_return begun;
  co_return co_await responder.write(text, Last::yes);
}

}  // namespace

Task<http::Outcome> DemoOrigin::handle(http::Request& request, http::Responder& responder) {
  Result<void> answered;
  if (request.head.target.path == "/slow")
    answered = co_await stream(request, responder);
  else
    answered = co_await echo(name_, request, responder);
  if (!answered)
    co_return std::unexpected(http::Failure{http::Reason::client_gone, answered.error()});
  co_return http::Outcome{};
}

/// Server-sent events, so that a person sees them come one by one.
Task<Result<void>> DemoOrigin::stream(http::Request& request, http::Responder& responder) {
  http::BodyLength length;
  length.kind = http::BodyLength::Kind::chunked;
  if (const auto begun = start(request, responder, "text/event-stream", length); !begun)
    co_return begun;
  for (int number = 1; number <= events; ++number) {
    if (number > 1) co_await runtime::pause(loop_, pace_);
    const auto text = fmt::format("data: {} of {} from {}\n\n", number, events, name_);
    const Last last = number == events ? Last::yes : Last::no;
    if (const auto sent = co_await responder.write(text, last); !sent) co_return sent;
  }
  co_return Result<void>{};
}

}  // namespace minato::cli
