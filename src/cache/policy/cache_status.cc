#include "cache/policy/cache_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace minato::cache {
namespace {

constexpr std::array<std::string_view, 9> forwarded_names{
    "", "", "bypass", "method", "uri-miss", "vary-miss", "request", "stale", "partial"};

/// RFC 9651 4.1.6; what cannot stand in a string is left out.
template <class Out>
Out write_string(Out out, std::string_view text) {
  *out++ = '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') *out++ = '\\';
    if (c >= 0x20 && c < 0x7f) *out++ = c;
  }
  *out++ = '"';
  return out;
}

}  // namespace

std::string_view name(Forwarded forwarded) {
  return forwarded_names[static_cast<std::size_t>(forwarded)];
}

std::int64_t structured(Seconds value) {
  constexpr std::int64_t most = 999'999'999'999'999;
  return std::clamp<std::int64_t>(value.count(), -most, most);
}

std::string_view cache_status_text(const CacheStatus& status, std::string_view name_of_cache,
                                   Arena& arena) {
  fmt::basic_memory_buffer<char, 256> text;
  auto out = fmt::appender(text);
  out = fmt::format_to(out, "{}", name_of_cache);
  if (status.forwarded == Forwarded::no) {
    out = fmt::format_to(out, "; hit");
  } else if (status.forwarded != Forwarded::refused) {
    out = fmt::format_to(out, "; fwd={}", name(status.forwarded));
    if (status.forwarded_status != 0)
      out = fmt::format_to(out, "; fwd-status={}", status.forwarded_status);
  }
  if (status.ttl) out = fmt::format_to(out, "; ttl={}", structured(*status.ttl));
  if (status.stored) out = fmt::format_to(out, "; stored");
  if (status.collapsed) out = fmt::format_to(out, "; collapsed");
  if (!status.key.empty()) out = write_string(fmt::format_to(out, "; key="), status.key);
  if (!status.detail.empty()) out = fmt::format_to(out, "; detail={}", status.detail);
  return arena.copy({text.data(), text.size()});
}

}  // namespace minato::cache
