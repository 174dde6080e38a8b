// Purges that are not carried out at once, since they may concern any entry: each entry is held
// against them when it is next used (after Varnish's bans), or when its turn comes in the
// background.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/key.h"
#include "cache/store/entry.h"

namespace minato::cache {

/// What bans look at, of an entry or of what may become one: split once for all of them.
struct BanFacts {
  explicit BanFacts(std::string_view key, std::span<const TagNode> tags_of_it = {})
      : url(split_url(url_of(key))), suffix(key.substr(url_of(key).size())), tags(tags_of_it) {}
  explicit BanFacts(const Entry& entry) : BanFacts(entry.key, entry.tags) {}

  std::optional<Url> url;
  std::string_view suffix;  ///< of the key, behind the URL
  std::span<const TagNode> tags;
};

struct Ban {
  enum class What : std::uint8_t {
    urls,  ///< all of a host, or all whose URL begins so
    url,   ///< all whose URL is that
    tag,   ///< all that carry it
    keys,  ///< all whose keys say behind the URL that they are of certain rules
    all,
  };
  What what = What::urls;
  std::string scheme;        ///< empty: any
  std::string host;          ///< in lower case
  std::string port;          ///< empty: any
  std::string prefix;        ///< of path and query; empty: all. Of a url: all of it
  std::uint64_t tag = 0;     ///< its hash
  std::string stamp;         ///< KeyRules::stamp of keys
  bool soft = false;         ///< marks stale
  std::uint64_t number = 0;  ///< the list's: from 1

  bool concerns(const BanFacts& facts) const;
  /// Nothing that `other` says is left to say.
  bool covers(const Ban& other) const;
  std::size_t bytes() const {
    return sizeof(Ban) + scheme.capacity() + host.capacity() + port.capacity() + prefix.capacity() +
           stamp.capacity();
  }
};

/// Bounds: `bans_max`, and so many bytes; whoever adds more carries out the oldest before, or all,
/// where it is longer by itself. Those of a URL alone need no room: each is of thousands of
/// entries, which do not come as fast as they are carried out.
class BanList {
 public:
  static constexpr std::size_t bans_max = 1024;
  using Bans = std::vector<Ban>;  ///< oldest first; not empty

  explicit BanList(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  /// The number of the newest. Any thread. Of one order with the beginning of a Look: who waits for
  /// readers after `add` waits for all that may have read what was there before.
  std::uint64_t newest() const { return newest_.load(std::memory_order_seq_cst); }

  enum class Verdict : std::uint8_t { none, stale, gone };
  /// What those say of an entry that it was not held against yet, which it is now; what is stale
  /// is marked so, and one of several threads is told so. Inside a Look, or under the lock.
  Verdict judge(Entry& entry) const;
  /// How many of them that would take. Under the lock.
  std::size_t tests_of(const Entry& entry) const;

  // Under the lock of the store. Both give what was in force before, which is to be destroyed once
  // nobody looks at it any more.
  /// In the place of those that it covers.
  std::unique_ptr<const Bans> add(Ban ban);
  /// Those up to the one of that number go.
  std::unique_ptr<const Bans> drop(std::uint64_t last);
  bool is_empty() const { return !bans_; }
  bool has_room_for(const Ban& ban) const;
  std::uint64_t memory_bytes() const { return bytes_; }

 private:
  std::unique_ptr<const Bans> install(std::unique_ptr<const Bans> next);

  const std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  std::unique_ptr<const Bans> bans_;
  std::atomic<const Bans*> shown_{nullptr};
  std::atomic<std::uint64_t> newest_{0};
};

}  // namespace minato::cache
