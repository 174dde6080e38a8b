// What Cache-Status says (RFC 9211).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/arena.h"
#include "base/time.h"

namespace minato::cache {

/// RFC 9211 2.2: why a request went on to the origin.
enum class Forwarded : std::uint8_t {
  no,       ///< it did not: a hit
  refused,  ///< nor did it, nor is it a hit: only-if-cached
  bypass,
  method,
  uri_miss,
  vary_miss,
  request,
  stale,
  partial,
};

struct CacheStatus {
  Forwarded forwarded = Forwarded::no;
  std::optional<Seconds> ttl;          ///< of what was served; negative where it is stale
  std::uint16_t forwarded_status = 0;  ///< that the origin answered; 0: none
  bool stored = false;
  bool collapsed = false;
  std::string_view key;     ///< said where the configuration wants it
  std::string_view detail;  ///< one word; a refusal to store, or why it was not fresh
};

/// RFC 9651 3.3.1: an Integer has fifteen digits, no more.
std::int64_t structured(Seconds value);

/// `minato; hit; ttl=30`, in `arena`. `name` is a token.
std::string_view cache_status_text(const CacheStatus& status, std::string_view name, Arena& arena);

std::string_view name(Forwarded forwarded);

}  // namespace minato::cache
