// The URLs of a configuration: what is taken is shown as a URL that is the same.
#include "http/url.h"

#include "support.h"

using namespace minato;

namespace {

template <class Url>
void check(std::string_view text) {
  const auto url = schema::Kind<Url>::parse(text);
  if (!url) return fuzz::require(!url.error().found.empty(), "a refusal says why");
  const std::string shown = to_string(*url);
  const auto again = schema::Kind<Url>::parse(shown);
  fuzz::require(again.has_value(), "what is shown is a URL");
  fuzz::require(*again == *url, "and the same one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  check<http::RouteUrl>(fuzz::text(data, size));
  check<http::OriginUrl>(fuzz::text(data, size));
  return 0;
}
