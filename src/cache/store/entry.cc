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
  auto selection = select_ranges(range, part.complete.value_or(part.range.last + 1));
  if (selection.kind == Selection::Kind::whole) return std::nullopt;
  const auto is_inside = [&part](const ByteRange& wanted) { return is_within(wanted, part.range); };
  if (!std::ranges::all_of(selection.ranges, is_inside)) return std::nullopt;
  // Of a whole of unknown size, only what means the same however large that is.
  const bool depends = !part.complete && (selection.ranges.empty() ||
                                          selection.ranges != select_ranges(range, ~0ull).ranges);
  return depends ? std::nullopt : std::optional(std::move(selection));
}

}  // namespace minato::cache
