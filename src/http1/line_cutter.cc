#include <algorithm>
#include <bit>
#include <cstring>

#include "http/char_sets.h"
#include "http1/head_parser.h"

namespace minato::http1::detail {
namespace {

using http::ValueChars;
constexpr std::size_t step = http::chars_step;

unsigned controls_among(const char* bytes) { return ValueChars::misfits(http::chars_at(bytes)); }

/// Where in [at, end) the first control character is that is no tab; `end` where there is none.
std::size_t find_control(const char* bytes, std::size_t at, std::size_t end) {
  for (; end - at >= step; at += step)
    if (const unsigned found = controls_among(bytes + at); found != 0)
      return at + static_cast<std::size_t>(std::countr_zero(found));
  if (end < step) {
    while (at < end && ValueChars::fits(bytes[at])) ++at;
    return at;
  }
  // The rest is no whole step: some is looked at again, and passed over.
  const std::size_t again = step - (end - at);
  const unsigned found = controls_among(bytes + end - step) >> again;
  return found == 0 ? end : at + static_cast<std::size_t>(std::countr_zero(found));
}

}  // namespace

// Of most lines the first control character is the return at their end, so that one look finds the
// end and tells that nothing is wrong with what stands before it.
LineCutter::Cut LineCutter::next(std::string_view bytes, std::size_t bound, Line& line) {
  const std::size_t end = std::min(bytes.size(), bound);
  const Cut none = bytes.size() >= bound ? Cut::too_long : Cut::need_more;
  if (plain_) {
    scanned_ = find_control(bytes.data(), scanned_, end);
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
