// The settings of the cache as one service has them, ready to be used.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cache/key.h"
#include "cache/options.h"
#include "cache/path_prefix.h"
#include "cache/policy/reuse.h"
#include "cache/policy/storing.h"

namespace minato::cache {

/// What the configuration says of a request, whatever is stored.
struct RequestRules {
  const ForceOptions* forced = nullptr;  ///< of what it reads; null: nothing
  bool bypasses = false;  ///< it is not answered from the cache, and its answer is not stored
};

/// Shared: immutable; part of a configuration's snapshot.
class ServiceRules {
 public:
  ServiceRules() : ServiceRules(ServiceCacheOptions{}) {}
  /// `merge` is how routing compares the paths of the service; `listener` as KeyRules has it.
  explicit ServiceRules(ServiceCacheOptions options,
                        http::MergeSlashes merge = http::MergeSlashes::yes,
                        std::string_view listener = {});
  ServiceRules(const ServiceRules&) = delete;  // it has views of itself
  ServiceRules& operator=(const ServiceRules&) = delete;

  const ServiceCacheOptions& options() const { return options_; }
  /// Once a request, as it looks at all of the path.
  RequestRules request(const http::RequestHead& head, Arena& arena) const {
    return forces_.empty() && bypasses_.empty() ? RequestRules{} : match(head, arena);
  }
  /// For responses of `status`, to requests of which that is forced.
  ReadingRules reading(std::uint16_t status, const ForceOptions* forced) const;
  StoringRules storing(std::uint16_t status, const ForceOptions* forced) const;
  ReuseRules reuse(std::uint16_t status, const ForceOptions* forced) const;
  /// Whether what was stored, under other rules maybe, may be used under these; `own` are those of
  /// `reuse` for it.
  bool may_use(const ResponseFacts& stored, const ReuseRules& own) const {
    return may_stay(stored, own.freshness,
                    {.set_cookie = options_.set_cookie, .targeting = targeting_});
  }
  bool may_use(const ResponseFacts& stored, const ForceOptions* forced) const {
    return may_use(stored, reuse(stored.status, forced));
  }
  const KeyRules& key() const { return key_; }
  /// What is stored of `url` stands under this one.
  Url as_keyed(Url url, Arena& arena) const {
    url.rest = key_.rest(url.rest, arena);
    return url;
  }
  std::span<const std::string_view> targeted_fields() const { return targeted_; }
  bool is_tag_field(const http::Field& line) const;
  /// Clients do not get to see it.
  bool hides(const http::Field& line) const { return options_.tags.strip && is_tag_field(line); }

 private:
  struct Force {
    const ForceOptions* wanted;
    PathPrefix path;
  };
  struct Bypass {
    const BypassOptions& wanted;
    std::optional<PathPrefix> path;
  };

  /// In the form of routing. Where an origin may read another path out of it, nothing is forced, as
  /// what is there may be private, and what passes by a path passes by.
  struct MatchedPath {
    std::string_view text;
    bool is_doubtful = false;
  };
  MatchedPath matched_path(std::string_view path, Arena& arena) const;
  RequestRules match(const http::RequestHead& head, Arena& arena) const;
  const ForceOptions* find_forced(const MatchedPath& path) const;
  bool fits_bypass(const http::Fields& fields, const MatchedPath& path) const;
  FreshnessRules freshness(std::uint16_t status, const ForceOptions* forced) const;
  std::optional<Seconds> status_ttl(std::uint16_t status) const;
  StaleRules stale() const;

  ServiceCacheOptions options_;
  std::vector<std::string_view> targeted_;
  std::uint32_t targeting_ = 0;
  const http::MergeSlashes merge_;
  KeyRules key_;
  std::vector<Force> forces_;  // the longest first
  std::vector<Bypass> bypasses_;
};

/// As what is stored of `url` may stand: as it is, which comes first, and as each of `rules` has
/// it. None twice. In `arena`.
std::span<const Url> forms_of(const Url& url, std::span<const ServiceRules* const> rules,
                              Arena& arena);

}  // namespace minato::cache
