// Settings of the cache.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/units.h"
#include "cache/key_options.h"
#include "cache/policy/storing.h"
#include "schema/declare.h"

namespace minato::cache {

enum class EvictionType : std::uint8_t { lru, lfu, s3fifo, tinylfu };

struct TagOptions {
  std::vector<std::string> fields{"Cache-Tag", "Surrogate-Key"};
  bool strip = false;
  friend bool operator==(const TagOptions&, const TagOptions&) = default;
};

struct CollapseOptions {
  bool enabled = true;
  Millis timeout = 5s;
  std::uint32_t uncacheable_memory = 10'000;
  friend bool operator==(const CollapseOptions&, const CollapseOptions&) = default;
};

struct CacheStatusOptions {
  bool enabled = true;
  bool key = false;
  friend bool operator==(const CacheStatusOptions&, const CacheStatusOptions&) = default;
};

/// What each service may have otherwise.
struct ServiceCacheOptions {
  bool enabled = true;
  Bytes max_body_size = 1_MiB;
  Millis ttl = 300s;                                   ///< 0: none, so that the heuristic stays
  std::map<schema::StatusOrClass, Millis> status_ttl;  ///< 0: none at all
  bool ttl_applies_to_cookies = false;
  Millis stale_if_error = 0s;
  Millis stale_while_revalidate = 0s;
  std::vector<std::string> targeted_fields{"CDN-Cache-Control"};
  TagOptions tags;
  CollapseOptions collapse;
  CacheStatusOptions cache_status;
  SetCookie set_cookie = SetCookie::store;
  std::vector<ForceOptions> force;
  std::vector<BypassOptions> bypass;
  KeyOptions key;
  friend bool operator==(const ServiceCacheOptions&, const ServiceCacheOptions&) = default;
};

struct CacheOptions {
  std::uint64_t capacity = 100;  ///< entries
  EvictionType type = EvictionType::lru;
  Bytes max_memory = 256_MiB;
  bool keep_on_reload = false;
  ServiceCacheOptions service;  ///< of services that do not say otherwise
  friend bool operator==(const CacheOptions&, const CacheOptions&) = default;
};

/// Why a reload from `before` to `after` begins with an empty cache; empty where what is stored
/// goes on.
std::string why_emptied(const CacheOptions& before, const CacheOptions& after);

/// Wrong where `text`, a status or a class, is nothing that a cache stores.
std::optional<schema::Rejection> check_stored_status(std::string_view text);

}  // namespace minato::cache

namespace minato::schema {

template <>
inline constexpr auto choices<cache::EvictionType> = std::array{
    Named{cache::EvictionType::lru, "lru", "What was not used for longest goes first."},
    Named{cache::EvictionType::lfu, "lfu", "What was used least goes first."},
    Named{cache::EvictionType::s3fifo, "s3fifo",
          "S3-FIFO: three queues; what is used once goes early."},
    Named{cache::EvictionType::tinylfu, "tinylfu",
          "W-TinyLFU: what is newer must be used more to stay."},
};

template <>
inline constexpr auto choices<cache::SetCookie> = std::array{
    Named{cache::SetCookie::store, "store",
          "With the response, where that states its freshness itself, or has it by "
          "`ttl_applies_to_cookies`; else it is not stored."},
    Named{cache::SetCookie::strip, "strip", "The response is stored and sent without it."},
    Named{cache::SetCookie::bypass, "bypass", "Such a response is never stored."},
};

template <>
inline constexpr auto of<cache::TagOptions> =
    object("Names by which stored responses can be purged together.",
           field(&cache::TagOptions::fields, "fields", "Response fields that list tags.",
                 checked(cache::check_field_name, "a field name")),
           field(&cache::TagOptions::strip, "strip", "Clients do not get to see these fields."));

template <>
inline constexpr auto of<cache::CollapseOptions> = object(
    "Requests for what is being fetched already wait for it.",
    field(&cache::CollapseOptions::enabled, "enabled", "Whether they do."),
    field(&cache::CollapseOptions::timeout, "timeout",
          "How long one waits for the head of a response before it asks by itself.",
          between(10ms, 10min)),
    field(&cache::CollapseOptions::uncacheable_memory, "uncacheable_memory",
          "How many keys are remembered as not to be stored, so that nobody waits for them; "
          "in a sixteenth of `max_memory` at most. Only at the top: they are remembered for all "
          "services together.",
          only_at_top, between(0u, 100'000'000u)));

template <>
inline constexpr auto of<cache::CacheStatusOptions> =
    object("The Cache-Status field (RFC 9211), which says what the cache did.",
           field(&cache::CacheStatusOptions::enabled, "enabled", "Whether responses have it."),
           field(&cache::CacheStatusOptions::key, "key", "With the key, for debugging."));

template <>
inline constexpr auto of<cache::ServiceCacheOptions> = object(
    "What is stored, and for how long.",
    field(&cache::ServiceCacheOptions::enabled, "enabled", "Whether responses are stored."),
    field(&cache::ServiceCacheOptions::max_body_size, "max_body_size",
          "Larger bodies are not stored.", between(0_B, Bytes{1ull << 40}), formerly("max_size")),
    field(&cache::ServiceCacheOptions::ttl, "ttl",
          "Freshness of a response that states none and is not made for one user; 0: a tenth of "
          "the time since Last-Modified, at most a day.",
          between(0s, 8760h)),
    field(&cache::ServiceCacheOptions::status_ttl, "status_ttl",
          "In place of `ttl` and of that tenth, for these statuses; a status comes before its "
          "class. 0s: not stored where it states no freshness.",
          between(0s, 8760h), keys_checked(cache::check_stored_status)),
    field(
        &cache::ServiceCacheOptions::ttl_applies_to_cookies, "ttl_applies_to_cookies",
        "`ttl`, `status_ttl`, `stale_if_error` and `stale_while_revalidate` are also for exchanges "
        "with Cookie or Set-Cookie whose response states no freshness."),
    field(&cache::ServiceCacheOptions::stale_if_error, "stale_if_error",
          "While the origin fails, a stale response may serve for so long where it states no such "
          "time itself.",
          between(0s, 8760h)),
    field(&cache::ServiceCacheOptions::stale_while_revalidate, "stale_while_revalidate",
          "The same while it is being validated.", between(0s, 8760h)),
    field(&cache::ServiceCacheOptions::targeted_fields, "targeted_fields",
          "Fields that count ahead of Cache-Control (RFC 9213), in order.",
          checked(cache::check_field_name, "a field name")),
    field(&cache::ServiceCacheOptions::tags, "tags", ""),
    field(&cache::ServiceCacheOptions::collapse, "collapse", ""),
    field(&cache::ServiceCacheOptions::cache_status, "cache_status", ""),
    field(&cache::ServiceCacheOptions::set_cookie, "set_cookie", "What a Set-Cookie does."),
    field(&cache::ServiceCacheOptions::force, "force", ""),
    field(&cache::ServiceCacheOptions::bypass, "bypass", ""),
    field(&cache::ServiceCacheOptions::key, "key", ""));

template <>
inline constexpr auto of<cache::CacheOptions> =
    object("The cache, shared by all services. Absent: none.",
           field(&cache::CacheOptions::capacity, "capacity",
                 "Stored responses, of all services together.", between(1u, 1'000'000'000u)),
           field(&cache::CacheOptions::type, "type", "Which entry goes when the cache is full."),
           field(&cache::CacheOptions::max_memory, "max_memory",
                 "Of all that the cache holds: bodies, heads, its index, and what it remembers of "
                 "purges and of what is not to be stored.",
                 between(4_MiB, Bytes{1ull << 44})),
           field(&cache::CacheOptions::keep_on_reload, "keep_on_reload",
                 "A reload goes on with what is stored, unless `capacity`, `type`, `max_memory` or "
                 "`collapse.uncacheable_memory` change."),
           part(&cache::CacheOptions::service));

}  // namespace minato::schema
