// What is stored of a URL besides what the cache and the rules of one exchange know of.
#pragma once

#include "cache/cache.h"
#include "cache/rules.h"

namespace minato::cache {

/// Shared.
class Elsewhere {
 public:
  virtual ~Elsewhere() = default;
  /// What other caches have of `url`, of one origin alone, goes, and what this one has under other
  /// rules: of other services, and of other configurations that requests are still served by.
  virtual void purge(const Url& url, const Cache& cache, const ServiceRules& rules,
                     Arena& arena) = 0;
};

}  // namespace minato::cache
