#include "http/answer.h"

#include <array>
#include <charconv>

#include "base/assert.h"
#include "http/status.h"
#include "http/tokens.h"

namespace minato::http {
namespace {

std::string_view decimal(std::uint64_t number, Arena& arena) {
  std::array<char, 20> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return arena.copy({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

// A name under which an id may go out, and an id that needs no escaping anywhere; another is left
// out.
bool is_plain(std::string_view id) { return is_token(id); }

std::string_view proxy_status(const ReasonRow& row, std::string_view detail, Arena& arena) {
  if (detail.empty()) return arena.join("minato; error=", row.proxy_status);
  return arena.join("minato; error=", row.proxy_status, "; details=\"", detail, "\"");
}

std::string_view text_body(const ReasonRow& row, std::string_view title, std::string_view id,
                           Arena& arena) {
  const auto status = decimal(row.status, arena);
  if (id.empty()) return arena.join(status, " ", title, "\n", row.text, "\n");
  return arena.join(status, " ", title, "\n", row.text, "\nRequest id: ", id, "\n");
}

// RFC 9457 3; `reason` and `request_id` are extension members (3.2).
std::string_view json_body(const ReasonRow& row, std::string_view title, std::string_view id,
                           Arena& arena) {
  const auto common = arena.join(R"({"type":"about:blank","title":")", title, R"(","status":)",
                                 decimal(row.status, arena), R"(,"detail":")", row.text,
                                 R"(","reason":")", row.name, R"(")");
  if (id.empty()) return arena.join(common, "}\n");
  return arena.join(common, R"(,"request_id":")", id, "\"}\n");
}

}  // namespace

std::string_view compose_answer(const AnswerFacts& facts, ResponseHead& head) {
  const ReasonRow& reason = row(facts.reason);
  MINATO_ASSERT(reason.status != 0);
  Fields& fields = head.fields;
  Arena& arena = fields.arena();
  const auto title = reason_phrase(reason.status);
  const auto id = is_plain(facts.request_id) ? facts.request_id : std::string_view{};
  const bool json = facts.format == AnswerFormat::json;

  head.status = reason.status;
  head.reason = title;
  fields.add(FieldId::content_type,
             json ? "application/problem+json" : "text/plain; charset=utf-8");
  // 404, 405, 414 and 501 could be kept by caches as if the origin had said them (RFC 9110 15.1).
  fields.add(FieldId::cache_control, "no-store");
  fields.add(FieldId::proxy_status, proxy_status(reason, facts.detail, arena));
  if (facts.retry_after > Seconds::zero())
    fields.add(FieldId::retry_after,
               decimal(static_cast<std::uint64_t>(facts.retry_after.count()), arena));
  if (!id.empty() && is_token(facts.request_id_field)) fields.add(facts.request_id_field, id);
  return json ? json_body(reason, title, id, arena) : text_body(reason, title, id, arena);
}

}  // namespace minato::http
