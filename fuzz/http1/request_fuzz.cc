// Requests: the parser and its oracle accept the same and read the same, split anywhere; and what
// was accepted is written as a head that is read as the same again.

#include "http1/against_oracle.h"
#include "http1/head_writer.h"
#include "support.h"

using namespace minato;

namespace {

std::string written_again(std::string_view bytes) {
  BlockPool pool;
  Arena arena(pool);
  http::RequestHead head(arena);
  http1::RequestParser parser(head, {});
  if (parser.feed(bytes) != http1::Progress::done) return "";
  if (!head.fields.has(http::FieldId::host))
    return "";  // of HTTP/1.0, while what is written is 1.1
  std::string room(bytes.size() + 8 * head.fields.count() + 64, '\0');
  http1::HeadWriter writer(room);
  writer.request_line(head.method_text, head.target.text);
  writer.fields(head.fields);
  writer.end();
  fuzz::require(writer.ok(), "an accepted head can be written");
  return std::string(writer.written());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  const std::size_t split = fuzz::pick(bytes, bytes.size() + 1);
  fuzz::require_same(http1::request_difference(bytes, split), "");
  const http1::HeadLimits small{.head_bytes = 64, .field_count = 2, .target_bytes = 8};
  fuzz::require_same(http1::request_difference(bytes, split, small), "");

  const std::string again = written_again(bytes);
  if (!again.empty()) fuzz::require_same(written_again(again), again);
  return 0;
}
