// Everything of the cache that all workers share.
#pragma once

#include "cache/fill/flight.h"
#include "cache/options.h"
#include "cache/store/store.h"
#include "cache/uncacheable.h"

namespace minato::cache {

/// Shared. Outlive: the exchanges that use it.
class Cache {
 public:
  Cache(const CacheOptions& options, std::size_t readers, std::uint64_t seed);

  Store& store() { return store_; }
  const Store& store() const { return store_; }
  Uncacheable& uncacheable() { return uncacheable_; }
  Flights& flights() { return flights_; }

 private:
  Uncacheable uncacheable_;
  Store store_;
  Flights flights_;
};

}  // namespace minato::cache
