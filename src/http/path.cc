#include "http/path.h"

#include <utility>

#include "base/strings.h"
#include "http/tokens.h"

namespace minato::http {
namespace {

// What means the same raw and escaped: pchar (RFC 3986 3.3), and what is visible and has no place
// in a path, but is read alike by every server. "/" would end the segment and "%" begin an escape;
// "?" and "#" would end the path.
constexpr bool may_stand_raw(char c) {
  return is_visible(c) && c != '/' && c != '%' && c != '?' && c != '#';
}

constexpr char upper_hex(int digit) { return "0123456789ABCDEF"[digit]; }

// `rest` follows a slash.
bool begins_with_dot_segment(std::string_view rest) {
  const auto segment = rest.substr(0, rest.find('/'));
  return segment == "." || segment == "..";
}

// Nothing in it that a rule could change. What has an escape is written anew, which settles it too.
bool is_normal(std::string_view path, MergeSlashes merge) {
  if (path.contains('%')) return false;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (path[i] != '/') continue;
    const char next = path[i + 1];
    if (next == '/' && merge == MergeSlashes::yes) return false;
    if (next == '.' && begins_with_dot_segment(path.substr(i + 1))) return false;
  }
  return true;
}

// Builds the normal form segment by segment in memory as large as the input, which it never
// exceeds.
class PathWriter {
 public:
  PathWriter(char* to, MergeSlashes merge) : begin_(to), at_(to), merge_(merge) {}

  /// `segment` stands between two slashes, or behind the last one.
  std::expected<void, PathFault> add(std::string_view segment, bool last) {
    *at_++ = '/';
    char* const start = at_;
    if (!append_decoded(segment)) return std::unexpected(PathFault::invalid_escape);
    const std::string_view decoded(start, static_cast<std::size_t>(at_ - start));
    const bool merged = decoded.empty() && !last && merge_ == MergeSlashes::yes;
    if (decoded == "..") return leave_segment(start, last);
    if (decoded == "." || merged) at_ = last ? start : start - 1;
    return {};
  }

  std::string_view written() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  // Takes back this ".." and the segment before it; at the end of the path its slash stays.
  std::expected<void, PathFault> leave_segment(char* start, bool last) {
    at_ = start - 1;
    if (at_ == begin_) return std::unexpected(PathFault::above_root);
    while (*--at_ != '/') {
    }
    if (last) ++at_;
    return {};
  }

  bool append_decoded(std::string_view segment) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
      if (segment[i] != '%') {
        *at_++ = segment[i];
        continue;
      }
      if (segment.size() - i < 3) return false;
      const int high = hex_value(segment[i + 1]), low = hex_value(segment[i + 2]);
      if (high < 0 || low < 0) return false;
      append_octet(high, low);
      i += 2;
    }
    return true;
  }

  void append_octet(int high, int low) {
    const char octet = static_cast<char>(high << 4 | low);
    if (may_stand_raw(octet)) {
      *at_++ = octet;
      return;
    }
    *at_++ = '%';
    *at_++ = upper_hex(high);
    *at_++ = upper_hex(low);
  }

  char* begin_;
  char* at_;
  MergeSlashes merge_;
};

}  // namespace

const char* describe(PathFault fault) noexcept {
  switch (fault) {
    case PathFault::relative: return "path without a leading slash";
    case PathFault::invalid_escape: return "invalid percent-escape in the path";
    case PathFault::above_root: return "path leads above its root";
  }
  std::unreachable();
}

std::expected<std::string_view, PathFault> normalize_path(std::string_view path, MergeSlashes merge,
                                                          Arena& arena) {
  if (!path.starts_with('/')) return std::unexpected(PathFault::relative);
  if (is_normal(path, merge)) return path;

  PathWriter writer(arena.array<char>(path.size()).data(), merge);
  for (auto rest = path.substr(1);;) {
    const auto slash = rest.find('/');
    const bool last = slash == rest.npos;
    if (const auto added = writer.add(rest.substr(0, slash), last); !added)
      return std::unexpected(added.error());
    if (last) return writer.written();
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace minato::http
