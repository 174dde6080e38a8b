// Responses: any split gives the same reading; what was accepted is written as a head that is read
// as the same again, and has one clear end or none.
#include <string>

#include "http1/connection_fields.h"
#include "http1/framing.h"
#include "http1/head_parser.h"
#include "http1/head_writer.h"
#include "support.h"

using namespace minato;

namespace {

struct Reading {
  explicit Reading(std::string_view bytes) : Reading(bytes, bytes.size()) {}
  Reading(std::string_view bytes, std::size_t first_piece) : parser(head, {}) {
    progress = parser.feed(bytes.substr(0, first_piece));
    if (progress == http1::Progress::need_more) progress = parser.feed(bytes);
  }

  std::string described() const {
    if (progress == http1::Progress::need_more) return "incomplete";
    if (progress == http1::Progress::refused) return parser.refusal().detail;
    std::string text = std::to_string(head.status) + " " + std::string(head.reason);
    head.fields.for_each([&](const http::Field& line) {
      text.append("\n").append(line.name).append(": ").append(line.value);
    });
    return text;
  }

  BlockPool pool;
  Arena arena{pool};
  http::ResponseHead head{arena};
  http1::ResponseParser parser;
  http1::Progress progress;
};

void check_framing(const http::ResponseHead& head) {
  const auto to_get = http1::response_body_length(head, http::Method::get);
  const auto to_head = http1::response_body_length(head, http::Method::head);
  fuzz::require(to_get.has_value() == to_head.has_value(),
                "framing faults do not depend on the request");
  if (to_head) fuzz::require(to_head->empty(), "what answers HEAD has no body");
}

void check_written_again(Reading& first) {
  std::string room((64u << 10) + 8 * first.head.fields.count(), '\0');
  http1::HeadWriter writer(room);
  writer.status_line(first.head.status, first.head.reason);
  writer.fields(first.head.fields);
  writer.end();
  fuzz::require(writer.ok(), "an accepted head can be written");
  fuzz::require_same(Reading(writer.written()).described(), first.described());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  Reading whole(bytes);
  fuzz::require_same(Reading(bytes, fuzz::pick(bytes, size + 1)).described(), whole.described());
  if (whole.progress != http1::Progress::done) return 0;
  check_framing(whole.head);
  check_written_again(whole);
  http1::remove_hop_by_hop(whole.head.fields);
  for (const auto id :
       {http::FieldId::connection, http::FieldId::transfer_encoding, http::FieldId::upgrade})
    fuzz::require(!whole.head.fields.has(id), "connection fields stay on their connection");
  return 0;
}
