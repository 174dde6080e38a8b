// The purges of late. What was asked for before one of them and comes after it may be what it was
// to end, and had no head yet by which it could have been found.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "base/reserved_array.h"
#include "cache/store/bans.h"

namespace minato::cache {

enum class Purge : std::uint8_t {
  remove,
  mark_stale,
};

/// Two tables, of which the older is forgotten when the newer is full: what is known are so many
/// of the latest. Of older ones of URLs the latest is kept of each place that URLs are spread over,
/// so that who purges many URLs, as anybody may by unsafe methods, bars others from the cache only
/// where they share a place. What was asked for before an older one of another kind counts as
/// purged. Bounds: `bytes`, from the beginning on, half of them for those places.
class PurgeLog {
 public:
  static constexpr std::size_t bytes_of_table_max = 128u << 10;
  static constexpr std::size_t places_max = 1u << 17;

  PurgeLog(std::uint64_t seed, std::uint64_t bytes);

  /// How many there ever were. Any thread.
  std::uint64_t count() const { return count_.load(std::memory_order_acquire); }

  // Under the lock of the store.
  void add_url(const Url& url, Purge how);  ///< on every port
  void add(const Ban& ban);                 ///< of anything else

  /// What those say of `key` that came since there were `before`. Without `tags`, which a response
  /// has once its head is there, any tag might be of it.
  BanList::Verdict judge(std::string_view key, std::optional<std::span<const TagNode>> tags,
                         std::uint64_t before) const;
  std::uint64_t memory_bytes() const {
    return latest_.bytes() + tables_[0].memory_bytes() + tables_[1].memory_bytes();
  }

 private:
  BanTable& newer();
  void forget(BanTable& table);
  std::uint64_t& place_of(std::uint64_t key) const { return latest_[key / 4 % latest_.size()]; }
  bool is_forgotten(const BanFacts& facts, std::uint64_t before) const;

  std::array<BanTable, 2> tables_;
  std::size_t newer_ = 0;
  LatestBans latest_of_tags_;
  std::uint64_t latest_other_ = 0;       // of those that are forgotten and of no URL
  ReservedArray<std::uint64_t> latest_;  // of those of URLs, at each place
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace minato::cache
