#include <algorithm>
#include <cstring>

#include "http1/head_parser.h"

namespace minato::http1::detail {

// memchr is the vector code here: the C library's takes 32 bytes a step.
LineCutter::Cut LineCutter::next(std::string_view bytes, std::size_t bound,
                                 std::string_view& line) {
  const std::size_t end = std::min(bytes.size(), bound);
  const void* const found =
      scanned_ < end ? std::memchr(bytes.data() + scanned_, '\n', end - scanned_) : nullptr;
  if (found == nullptr) {
    scanned_ = end;
    return bytes.size() >= bound ? Cut::too_long : Cut::need_more;
  }
  const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  if (feed == at_ || bytes[feed - 1] != '\r') return Cut::bare_lf;
  line = bytes.substr(at_, feed - 1 - at_);
  at_ = scanned_ = feed + 1;
  return Cut::line;
}

}  // namespace minato::http1::detail
