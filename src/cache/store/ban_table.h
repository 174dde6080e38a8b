// The latest of the bans that say the same, for each thing that bans can say: how many there are
// costs nothing when an entry is held against them.
//
// What a ban names is known by a hash alone: where two are the same by chance, more goes than was
// asked for, which a cache may do. The prefixes of a URL are hashed in one walk over it, and only
// those looked up that are as long as one that is banned.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/reserved_array.h"
#include "cache/store/ban.h"

namespace minato::cache {

/// Numbers of the latest that makes go and of the latest that marks stale; 0: none.
struct LatestBans {
  std::uint64_t hard = 0, soft = 0;

  std::uint64_t either() const { return std::max(hard, soft); }
  void take(const LatestBans& other) {
    hard = std::max(hard, other.hard), soft = std::max(soft, other.soft);
  }
};

/// Shared: one thread at a time writes, any reads. Bounds: `bytes`, from the beginning on.
class BanTable {
 public:
  BanTable(std::size_t bytes, std::uint64_t seed);

  /// Numbers only grow. There is room.
  void add(const Ban& ban, std::uint64_t number);
  void add_url(const Url& url, bool soft, std::uint64_t number);
  bool has_room() const { return used_ < room_; }

  /// Of those that concern it. Any thread.
  LatestBans latest_of(const BanFacts& facts) const;

  /// Of those that concern all.
  LatestBans latest_of_all() const { return all_.load(); }
  /// Calls `visit(key, is_of_url, latest)` for each.
  template <class Visit>
  void for_each(Visit visit) const;
  /// What identifies the ban of a URL.
  std::uint64_t key_of(const Url& url) const;

  /// To begin anew: nobody finds anything any more, and once nobody looks, it is cleared in steps.
  void hide();
  /// True once it is clear.
  bool clear(std::size_t slots_max);

  std::size_t memory_bytes() const { return slots_.bytes(); }

 private:
  struct Latest {
    std::atomic<std::uint64_t> hard, soft;
    LatestBans load() const {
      return {hard.load(std::memory_order_relaxed), soft.load(std::memory_order_relaxed)};
    }
    void store(const LatestBans& latest) {
      hard.store(latest.hard, std::memory_order_relaxed);
      soft.store(latest.soft, std::memory_order_relaxed);
    }
    void raise(bool is_soft, std::uint64_t number) {
      (is_soft ? soft : hard).store(number, std::memory_order_relaxed);
    }
  };
  struct Slot {
    std::atomic<std::uint64_t> key;  // 0: none
    Latest latest;
  };
  /// With any scheme and port, or with one that is named.
  static constexpr unsigned forms = 4;
  static constexpr unsigned named_scheme = 1, named_port = 2;
  static unsigned form_of(const Url& url);
  static constexpr std::uint64_t is_taken = 1, is_of_url = 2;
  enum class Kind : std::uint64_t;
  static std::uint64_t key(std::uint64_t hash, Kind kind);

  std::uint64_t origin(const Url& url, unsigned form) const;
  std::size_t place_of(std::uint64_t key) const;
  LatestBans find(std::uint64_t key) const;
  void raise(std::uint64_t key, bool soft, std::uint64_t number);
  void add_urls(const Url& url, bool soft, std::uint64_t number);
  LatestBans of_urls(const Url& url) const;
  LatestBans of_prefixes(std::string_view text, Kind kind, std::uint64_t& hash,
                         std::uint64_t lengths) const;

  const std::uint64_t seed_;
  ReservedArray<Slot> slots_;
  const std::size_t room_;
  std::size_t used_ = 0, cleared_ = 0;

  // What there are at all. Of lengths modulo 64 a bit each.
  Latest all_{};
  std::array<std::atomic<std::uint64_t>, forms> lengths_of_urls_{};
  std::atomic<std::uint64_t> lengths_of_stamps_{0};
  std::array<std::atomic<bool>, forms> has_whole_urls_{};
  std::atomic<bool> has_tags_{false};
};

template <class Visit>
void BanTable::for_each(Visit visit) const {
  for (std::size_t at = 0; at < slots_.size(); ++at) {
    const std::uint64_t key = slots_[at].key.load(std::memory_order_relaxed);
    if (key != 0) visit(key, (key & is_of_url) != 0, slots_[at].latest.load());
  }
}

}  // namespace minato::cache
