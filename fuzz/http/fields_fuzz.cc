// Lists inside field values fall apart into elements that are neither empty nor padded.
#include "http/accept.h"
#include "http/tokens.h"
#include "support.h"

using namespace minato;

namespace {

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
  check_list(text);
  static_cast<void>(http::preferred_format(text));
  return 0;
}
