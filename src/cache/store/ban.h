// A purge that is not carried out at once, since it may concern any entry.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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
  std::string scheme;     ///< empty: any
  std::string host;       ///< in lower case
  std::string port;       ///< empty: any
  std::string prefix;     ///< of path and query; empty: all. Of a url: all of it
  std::uint64_t tag = 0;  ///< its hash
  std::string stamp;      ///< KeyRules::stamp of keys
  bool soft = false;      ///< marks stale

  /// Where it is of URLs.
  Url url() const { return {.scheme = scheme, .host = host, .port = port, .rest = prefix}; }
  bool concerns(const BanFacts& facts) const;
};

}  // namespace minato::cache
