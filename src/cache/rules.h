// The settings of the cache as one service has them, ready to be used.
#pragma once

#include <string_view>
#include <vector>

#include "cache/options.h"
#include "cache/policy/reuse.h"
#include "cache/policy/storing.h"

namespace minato::cache {

/// Shared: immutable; part of a configuration's snapshot.
class ServiceRules {
 public:
  ServiceRules() : ServiceRules(ServiceCacheOptions{}) {}
  explicit ServiceRules(ServiceCacheOptions options);
  ServiceRules(const ServiceRules&) = delete;  // it has views of itself
  ServiceRules& operator=(const ServiceRules&) = delete;

  const ServiceCacheOptions& options() const { return options_; }
  ReadingRules reading() const;
  /// For responses of that status.
  StoringRules storing(std::uint16_t status) const;
  ReuseRules reuse(std::uint16_t status) const;
  bool is_tag_field(const http::Field& line) const;
  /// Clients do not get to see it.
  bool hides(const http::Field& line) const { return options_.tags.strip && is_tag_field(line); }

 private:
  FreshnessRules freshness(std::uint16_t status) const;
  std::optional<Seconds> status_ttl(std::uint16_t status) const;
  StaleRules stale() const;

  ServiceCacheOptions options_;
  std::vector<std::string_view> targeted_;
};

}  // namespace minato::cache
