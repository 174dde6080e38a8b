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

}  // namespace minato::cache
