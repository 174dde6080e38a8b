#include "cache/store/ban.h"

#include <algorithm>

namespace minato::cache {

bool Ban::concerns(const BanFacts& facts) const {
  const auto is_it = [this](const TagNode& node) { return node.hash == tag; };
  switch (what) {
    case What::all: return true;
    case What::tag: return std::ranges::any_of(facts.tags, is_it);
    case What::keys: return facts.suffix.starts_with(stamp);
    case What::urls:
    case What::url: break;
  }
  const auto& own = facts.url;
  return own && is_at(*own, url()) && own->rest.starts_with(prefix) &&
         (what == What::urls || own->rest.size() == prefix.size());
}

}  // namespace minato::cache
