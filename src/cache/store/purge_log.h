// The purges of late. What was asked for before one of them and comes after it may be what it was
// to end, and had no head yet by which it could have been found.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cache/key.h"
#include "cache/store/bans.h"

namespace minato::cache {

enum class Purge : std::uint8_t {
  remove,
  mark_stale,
};

/// Bounds: `purges_max`, and so many bytes, half of them for what is known of older ones: of each
/// place that URLs are spread over the latest purge of one, so that who purges many URLs, as
/// anybody may by unsafe methods, bars others from the cache only where they share a place. What
/// was asked for before an older one of another kind counts as purged.
class PurgeLog {
 public:
  static constexpr std::size_t purges_max = 4096;
  static constexpr std::size_t places_max = 1u << 17;

  PurgeLog(std::uint64_t seed, std::uint64_t bytes_max);

  /// How many there ever were. Any thread.
  std::uint64_t count() const { return count_.load(std::memory_order_acquire); }

  // Under the lock of the store.
  void add_url(const Url& url, Purge how);
  void add_tag(std::uint64_t hash, Purge how);
  void add_ban(const Ban& ban);
  void add_all(Purge how);

  /// What those say of `key` that came since there were `before`. Without `tags`, which a response
  /// has once its head is there, any tag might be of it.
  BanList::Verdict judge(std::string_view key, std::optional<std::span<const TagNode>> tags,
                         std::uint64_t before) const;
  std::uint64_t memory_bytes() const { return bytes_; }

 private:
  enum class What : std::uint8_t { url, tag, ban, all };
  struct Record {
    What what;
    Purge how;
    std::uint64_t hash = 0;  ///< of a URL or tag: one of the same hash counts as the same
    std::unique_ptr<const Ban> ban = nullptr;
    std::uint64_t bytes() const { return sizeof(Record) + (ban == nullptr ? 0 : ban->bytes()); }
  };

  void add(Record record);
  void forget_oldest();
  std::size_t place_of(std::uint64_t url) const { return url & (latest_.size() - 1); }
  /// Whether an older one than those in `records_` may concern a URL, or any, since `before`.
  bool is_forgotten(std::uint64_t url, std::uint64_t before) const;

  const std::uint64_t seed_, bytes_max_;
  std::deque<Record> records_;  // oldest first
  std::uint64_t bytes_ = 0;
  std::uint64_t forgotten_ = 0;        // how many were before `records_`
  std::uint64_t latest_other_ = 0;     // the number of the latest of those that was of no URL
  std::vector<std::uint64_t> latest_;  // of those of URLs, at each place
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace minato::cache
