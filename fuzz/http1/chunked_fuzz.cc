// Chunked bodies: the decoder and its oracle accept the same and read the same, split anywhere.
#include "http1/against_oracle.h"
#include "support.h"

using namespace minato;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes = fuzz::text(data, size);
  const std::size_t split = fuzz::pick(bytes, bytes.size() + 1);
  fuzz::require_same(http1::chunked_difference(bytes, split), "");
  const http1::ChunkedLimits small{.trailers = {.bytes = 16, .count = 2}, .extension_bytes = 4};
  fuzz::require_same(http1::chunked_difference(bytes, split, small), "");
  return 0;
}
