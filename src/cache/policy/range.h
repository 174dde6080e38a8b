// Byte ranges (RFC 9110 14): what a request asks for, and what there is of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace minato::cache {

/// Bytes `first` to `last` of a content, both included (RFC 9110 14.1.2).
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t size() const { return last - first + 1; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

constexpr bool is_within(const ByteRange& inner, const ByteRange& outer) {
  return inner.first >= outer.first && inner.last <= outer.last;
}

/// Of a 206 (RFC 9110 14.4).
struct ContentRange {
  ByteRange range;
  std::optional<std::uint64_t> complete;  ///< size of the whole; nullopt: not known
  friend bool operator==(const ContentRange&, const ContentRange&) = default;
};
std::optional<ContentRange> parse_content_range(std::string_view value);

/// What to answer to a Range (RFC 9110 14.2, 15.3.7, 15.5.17).
struct Selection {
  enum class Kind : std::uint8_t {
    whole,          ///< as if there were no Range: malformed, another unit, or not worth it
    ranges,         ///< 206
    unsatisfiable,  ///< 416
  };
  Kind kind = Kind::whole;
  std::vector<ByteRange> ranges;  ///< in the order they were asked for
};

/// More ranges than these, or ranges that overlap, are an attack rather than a wish (RFC 9110
/// 14.2): the whole is answered.
inline constexpr std::size_t ranges_max = 16;

/// `value` is that of the Range field; `size` that of the content.
Selection select_ranges(std::string_view value, std::uint64_t size);

/// What `range`, of a Range, selects of the whole that `part` is of, where that is all in the part,
/// or nothing (RFC 9110 15.5.17); nullopt where the part does not answer it.
std::optional<Selection> selection_of(std::string_view range, const ContentRange& part);

/// Whether `part` has all of the one range that `range`, of a Range, asks for. Of a whole of
/// unknown size it may be the end.
bool answers(std::string_view range, const ContentRange& part);

/// RFC 9110 13.1.5: whether the Range of `request` counts for the response that is stored. An
/// If-Range that is empty, or there twice, is no validator, and so not that of what is stored.
bool if_range_holds(const http::Fields& request, std::span<const http::Field> stored);

}  // namespace minato::cache
