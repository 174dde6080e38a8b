// Paths for matching: the form is normal itself, has no way up left in it, and is never longer.
#include <string>

#include "http/path.h"
#include "support.h"

using namespace minato;
using http::MergeSlashes;

namespace {

bool has_dot_segment(std::string_view path) {
  const std::string closed = std::string(path) + "/";
  return closed.contains("/./") || closed.contains("/../");
}

void check(std::string_view path, MergeSlashes merge) {
  BlockPool pool;
  Arena arena(pool);
  const auto normal = http::normalize_path(path, merge, arena);
  if (!normal) return;
  fuzz::require(normal->starts_with('/') && normal->size() <= path.size(),
                "absolute and not longer");
  fuzz::require(!has_dot_segment(*normal), "no dot segment is left");
  fuzz::require(merge == MergeSlashes::no || !normal->contains("//"), "slashes are merged");
  const auto again = http::normalize_path(*normal, merge, arena);
  fuzz::require(again.has_value(), "a normal form is a path");
  fuzz::require_same(*again, *normal);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  check(fuzz::text(data, size), MergeSlashes::yes);
  check(fuzz::text(data, size), MergeSlashes::no);
  return 0;
}
