// The small grammars inside field values: dates are read as they are written, and lists fall apart
// into elements that are neither empty nor padded.
#include <array>

#include "http/accept.h"
#include "http/date.h"
#include "http/tokens.h"
#include "support.h"

using namespace minato;

namespace {

void check_date(std::string_view text) {
  const http::FieldDate now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  const auto date = http::parse_date(text, now);
  if (!date) return;
  std::array<char, http::date_bytes> room;
  // A leap second at the end of the year 9999 would need a fifth digit.
  if (*date >= std::chrono::sys_days(std::chrono::year(10000) / 1 / 1)) return;
  fuzz::require(http::parse_date(http::write_date(*date, room), now) == date,
                "a date is read as it is written");
}

void check_list(std::string_view text) {
  http::ListElements elements(text);
  std::size_t bytes = 0;
  while (const auto element = elements.next()) {
    fuzz::require(!element->empty() && trim(*element) == *element, "an element has no padding");
    bytes += element->size();
  }
  fuzz::require(bytes <= text.size(), "elements are parts of the list");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  check_date(text);
  check_list(text);
  static_cast<void>(http::preferred_format(text));
  return 0;
}
