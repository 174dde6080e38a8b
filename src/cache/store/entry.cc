#include "cache/store/entry.h"

#include <algorithm>

namespace minato::cache {

std::size_t views_of(const Content& content, std::uint64_t& first, std::uint64_t last,
                     std::span<std::string_view> views) {
  std::size_t count = 0;
  std::uint64_t begin = 0;  // of the piece
  for (Piece* piece = content.first; piece != nullptr && count < views.size();
       begin += piece->size, piece = piece->next) {
    const std::uint64_t end = std::min(begin + piece->size, last + 1);
    if (first >= end) continue;
    views[count++] = piece->text().substr(first - begin, end - first);
    first = end;
  }
  return count;
}

std::optional<Selection> selection_of(std::string_view range, const ContentRange& part) {
  if (!part.complete) return std::nullopt;  // what a range means depends on it
  auto selection = select_ranges(range, *part.complete);
  const auto is_inside = [&part](const ByteRange& wanted) {
    return wanted.first >= part.range.first && wanted.last <= part.range.last;
  };
  const bool is_answered =
      selection.kind != Selection::Kind::whole && std::ranges::all_of(selection.ranges, is_inside);
  return is_answered ? std::optional(std::move(selection)) : std::nullopt;
}

}  // namespace minato::cache
