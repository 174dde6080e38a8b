#include <algorithm>
#include <cstring>

#include "http/char_sets.h"
#include "http1/head_parser.h"

namespace minato::http1::detail {

// Of most lines the first control character is the return at their end, so that one look finds the
// end and tells that nothing is wrong with what stands before it.
LineCutter::Cut LineCutter::next(std::string_view bytes, std::size_t bound, Line& line) {
  const std::size_t end = std::min(bytes.size(), bound);
  const Cut none = bytes.size() >= bound ? Cut::too_long : Cut::need_more;
  if (plain_) {
    scanned_ = find_misfit<http::ValueChars>(bytes.data(), scanned_, end);
    if (scanned_ == end || (scanned_ + 1 == end && bytes[scanned_] == '\r')) return none;
    plain_ = bytes[scanned_] == '\r' && bytes[scanned_ + 1] == '\n';
    if (plain_) return cut(bytes, scanned_, line);
  }
  // memchr is vector code, too.
  const void* const found =
      scanned_ < end ? std::memchr(bytes.data() + scanned_, '\n', end - scanned_) : nullptr;
  if (found == nullptr) {
    scanned_ = end;
    return none;
  }
  const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  if (feed == at_ || bytes[feed - 1] != '\r') return Cut::bare_lf;
  return cut(bytes, feed - 1, line);
}

LineCutter::Cut LineCutter::cut(std::string_view bytes, std::size_t line_end, Line& line) {
  line = {.text = bytes.substr(at_, line_end - at_), .has_controls = !plain_};
  at_ = scanned_ = line_end + 2;
  plain_ = true;
  return Cut::line;
}

}  // namespace minato::http1::detail
