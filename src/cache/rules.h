// The settings of the cache as one service has them, ready to be used.
#pragma once

#include <string_view>
#include <vector>

#include "cache/options.h"
#include "cache/path_prefix.h"
#include "cache/policy/reuse.h"
#include "cache/policy/storing.h"

namespace minato::cache {

/// Shared: immutable; part of a configuration's snapshot.
class ServiceRules {
 public:
  ServiceRules() : ServiceRules(ServiceCacheOptions{}) {}
  /// `merge` is how routing compares the paths of the service.
  explicit ServiceRules(ServiceCacheOptions options,
                        http::MergeSlashes merge = http::MergeSlashes::yes);
  ServiceRules(const ServiceRules&) = delete;  // it has views of itself
  ServiceRules& operator=(const ServiceRules&) = delete;

  const ServiceCacheOptions& options() const { return options_; }
  ReadingRules reading() const;
  /// For responses of that status.
  StoringRules storing(std::uint16_t status) const;
  ReuseRules reuse(std::uint16_t status) const;
  /// It is not answered from the cache, and its answer is not stored.
  bool bypasses(const http::RequestHead& request, Arena& arena) const {
    return !bypasses_.empty() && fits_bypass(request, arena);
  }
  bool is_tag_field(const http::Field& line) const;
  /// Clients do not get to see it.
  bool hides(const http::Field& line) const { return options_.tags.strip && is_tag_field(line); }

 private:
  struct Bypass {
    const BypassOptions& wanted;
    std::optional<PathPrefix> path;
  };

  bool fits_bypass(const http::RequestHead& request, Arena& arena) const;
  std::string_view matched_path(std::string_view path, Arena& arena) const;
  FreshnessRules freshness(std::uint16_t status) const;
  std::optional<Seconds> status_ttl(std::uint16_t status) const;
  StaleRules stale() const;

  ServiceCacheOptions options_;
  std::vector<std::string_view> targeted_;
  const http::MergeSlashes merge_;
  std::vector<Bypass> bypasses_;
};

}  // namespace minato::cache
