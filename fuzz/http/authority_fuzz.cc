// Authorities: the parser accepts what the grammar of RFC 3986 has, less what its header says.
#include "http/authority.h"

#include "http1/naive_authority.h"
#include "support.h"

using namespace minato;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  const auto authority = http::parse_authority(text);
  fuzz::require(authority.has_value() == http1::naive::is_authority(std::string(text)), text);
  if (authority) fuzz::require(text.starts_with(authority->host), "the host is a view of the text");
  return 0;
}
