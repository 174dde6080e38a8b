// The cache in front of a service: answers from what is stored, or asks the origin and stores what
// may be stored.
#pragma once

#include "cache/cache.h"
#include "cache/elsewhere.h"
#include "cache/fill/fill.h"
#include "cache/rules.h"
#include "http/handler.h"

namespace minato::cache {

/// What a worker lends to every cache handler on it.
struct Surroundings {
  runtime::Loop& loop;
  std::size_t reader;  ///< this worker's number in the store
  Fills& fills;
  std::string_view name;  ///< of this cache in Cache-Status: a token
  Elsewhere& elsewhere;
};

/// Thread:  one worker's.
/// Outlive: cache, rules, origin and surroundings. `site` is what the handler itself is part of: it
///          is kept for as long as a fill needs the origin.
class CacheHandler final : public http::Handler {
 public:
  CacheHandler(Cache& cache, const ServiceRules& rules, http::Handler& origin, LocalOwner& site,
               const Surroundings& surroundings)
      : cache_(cache), rules_(rules), origin_(origin), site_(site), surroundings_(surroundings) {}

  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override;

  Cache& cache() const { return cache_; }
  const ServiceRules& rules() const { return rules_; }
  http::Handler& origin() const { return origin_; }
  LocalOwner& site() const { return site_; }
  const Surroundings& surroundings() const { return surroundings_; }

 private:
  Cache& cache_;
  const ServiceRules& rules_;
  http::Handler& origin_;
  LocalOwner& site_;
  Surroundings surroundings_;
};

}  // namespace minato::cache
