// Paths for matching: the form is normal itself, has no way up left in it, is never longer, and is
// the same where every visible character is escaped.
#include <fmt/format.h>

#include <string>

#include "http/path.h"
#include "http/tokens.h"
#include "support.h"

using namespace minato;
using http::MergeSlashes;

namespace {

bool has_dot_segment(std::string_view path) {
  const std::string closed = std::string(path) + "/";
  return closed.contains("/./") || closed.contains("/../");
}

/// The same path with an escape for every character that may have one.
std::string spelled_out(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    const bool delimits = c == '/' || c == '?' || c == '#';
    if (c == '%') {
      out += path.substr(i, 3);
      i += 2;
    } else {
      out += delimits || !http::is_visible(c) ? std::string(1, c) : fmt::format("%{:02x}", c);
    }
  }
  return out;
}

void check(std::string_view path, MergeSlashes merge) {
  BlockPool pool;
  Arena arena(pool);
  const auto normal = http::normalize_path(path, merge, arena);
  if (!normal) return;
  const std::string escaped = spelled_out(path);
  const auto same = http::normalize_path(escaped, merge, arena);
  fuzz::require(same.has_value(), "escapes change no verdict");
  fuzz::require_same(*same, *normal);
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
