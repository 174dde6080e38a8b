#include "cache/store/entry.h"

namespace minato::cache {

std::size_t views_of(const Content& content, std::uint64_t& first, std::uint64_t last,
                     std::span<std::string_view> views) {
  std::size_t count = 0;
  for (ContentWalk walk(content, {.first = first, .last = last});
       !walk.ended() && count < views.size();) {
    const std::string_view view = views[count++] = walk.next();
    first += view.size();
    walk.pass(view.size());
  }
  return count;
}

}  // namespace minato::cache
