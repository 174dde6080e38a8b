#include "proxy/max_forwards.h"

#include <algorithm>

#include "base/strings.h"
#include "http/client_failure.h"
#include "proxy/verdict.h"

namespace minato::proxy {

using http::FieldId;
using http::Method;
using Kind = MaxForwards::Kind;

MaxForwards max_forwards(const http::RequestHead& head) {
  if (head.method != Method::options && head.method != Method::trace) return {};
  const std::size_t lines = head.fields.count_of(FieldId::max_forwards);
  if (lines == 0) return {};
  const auto text = head.fields.value(FieldId::max_forwards);
  if (lines > 1 || text.empty() || !std::ranges::all_of(text, is_digit))
    return {.kind = Kind::malformed};
  // A number too large to be kept becomes the largest that can be.
  const auto left = parse_number<std::uint32_t>(text).value_or(UINT32_MAX);
  return {.kind = left == 0 ? Kind::spent : Kind::limited, .left = left};
}

void count_hop(const MaxForwards& hops, http::Fields& forwarded) {
  if (hops.kind != Kind::limited) return;
  forwarded.remove(FieldId::max_forwards);
  forwarded.add(FieldId::max_forwards, forwarded.arena().copy(std::to_string(hops.left - 1)));
}

Task<http::Outcome> answer_options(http::Request& request, http::Responder& responder) {
  http::ResponseHead head(request.arena);
  head.status = 200;
  head.reason = "OK";
  if (auto begun = responder.start(head, http::BodyLength::known(0)); !begun)
    co_return std::unexpected(http::Failure{http::Reason::internal, begun.error()});
  const auto sent = co_await responder.finish(nullptr);
  co_return http::outcome_of_write(sent);
}

}  // namespace minato::proxy
