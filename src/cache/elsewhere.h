// What is stored of a URL besides what the cache and the rules of one exchange know of.
#pragma once

#include "cache/cache.h"
#include "cache/rules.h"

namespace minato::cache {

/// Thread: its worker's.
class Elsewhere {
 public:
  virtual ~Elsewhere() = default;
  /// Purges `url`, which is of one origin alone, in every cache but `cache`, and in that one under
  /// all rules but `rules`; both are null for who has none. Caches and rules are those of every
  /// configuration that still serves. Gives how many purges of `cache` that were.
  virtual std::uint64_t purge(const Url& url, const Cache* cache, const ServiceRules* rules,
                              Arena& arena) = 0;
};

}  // namespace minato::cache
