#include "cache/store/ban_table.h"

#include "base/assert.h"
#include "base/hash.h"

namespace minato::cache {
namespace {

constexpr std::size_t slots_min = 64;

/// Of one byte more (FNV-1a, from a secret beginning).
std::uint64_t longer(std::uint64_t hash, char byte) {
  return (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
}
std::uint64_t longer(std::uint64_t hash, std::string_view text) {
  for (const char byte : text) hash = longer(hash, byte);
  return hash;
}
constexpr std::uint64_t bit_of(std::size_t length) { return std::uint64_t{1} << (length % 64); }

template <class T>
void set(std::atomic<T>& at, T value) {
  at.store(at.load(std::memory_order_relaxed) | value, std::memory_order_relaxed);
}

}  // namespace

enum class BanTable::Kind : std::uint64_t {
  prefix = 0x9ae16a3b2f90404fu,
  url = 0xc3a5c85c97cb3127u,
  stamp = 0xb492b66fbe98f273u,
  tag = 0xcbf29ce484222325u,
};

std::uint64_t BanTable::key(std::uint64_t hash, Kind kind) {
  const auto mixed = detail::fold(hash ^ static_cast<std::uint64_t>(kind), 0x9e3779b97f4a7c15u);
  return (mixed & ~is_of_url) | is_taken | (kind == Kind::url ? is_of_url : 0);
}

BanTable::BanTable(std::size_t bytes, std::uint64_t seed)
    : seed_(seed),
      slots_(std::max(bytes / sizeof(Slot), slots_min)),
      room_(slots_.size() / 4 * 3) {}

/// Where the hash of a prefix of it begins.
std::uint64_t BanTable::origin(const Url& url, unsigned form) const {
  std::uint64_t hash = hash_bytes(host_of(url), seed_ + form);
  if ((form & named_scheme) != 0) hash = hash_bytes(url.scheme, hash);
  if ((form & named_port) != 0) hash = hash_bytes(port_of(url), hash);
  return hash;
}

unsigned BanTable::form_of(const Url& url) {
  return (url.scheme.empty() ? 0 : named_scheme) | (url.port.empty() ? 0 : named_port);
}

std::uint64_t BanTable::key_of(const Url& url) const {
  return key(longer(origin(url, form_of(url)), url.rest), Kind::url);
}

std::size_t BanTable::place_of(std::uint64_t key) const {
  return static_cast<std::size_t>((key >> 32) * slots_.size() >> 32);
}

LatestBans BanTable::find(std::uint64_t key) const {
  for (std::size_t at = place_of(key);; at = at + 1 == slots_.size() ? 0 : at + 1) {
    const std::uint64_t there = slots_[at].key.load(std::memory_order_acquire);
    if (there == key) return slots_[at].latest.load();
    if (there == 0) return {};
  }
}

void BanTable::raise(std::uint64_t key, bool soft, std::uint64_t number) {
  std::size_t at = place_of(key);
  const auto there = [&] { return slots_[at].key.load(std::memory_order_relaxed); };
  while (there() != 0 && there() != key) at = at + 1 == slots_.size() ? 0 : at + 1;
  slots_[at].latest.raise(soft, number);
  if (there() == key) return;
  MINATO_ASSERT(has_room());
  ++used_;
  slots_[at].key.store(key, std::memory_order_release);
}

void BanTable::add(const Ban& ban, std::uint64_t number) {
  switch (ban.what) {
    case Ban::What::all: return all_.raise(ban.soft, number);
    case Ban::What::urls: return add_urls(ban.url(), ban.soft, number);
    case Ban::What::url: return add_url(ban.url(), ban.soft, number);
    case Ban::What::tag:
      has_tags_.store(true, std::memory_order_relaxed);
      return raise(key(ban.tag, Kind::tag), ban.soft, number);
    case Ban::What::keys:
      set(lengths_of_stamps_, bit_of(ban.stamp.size()));
      return raise(key(longer(seed_, ban.stamp), Kind::stamp), ban.soft, number);
  }
}

void BanTable::add_url(const Url& url, bool soft, std::uint64_t number) {
  has_whole_urls_[form_of(url)].store(true, std::memory_order_relaxed);
  raise(key_of(url), soft, number);
}

void BanTable::add_urls(const Url& url, bool soft, std::uint64_t number) {
  const unsigned form = form_of(url);
  set(lengths_of_urls_[form], bit_of(url.rest.size()));
  raise(key(longer(origin(url, form), url.rest), Kind::prefix), soft, number);
}

/// Of all that `text` begins with; `hash` goes from where it begins to that of the whole.
LatestBans BanTable::of_prefixes(std::string_view text, Kind kind, std::uint64_t& hash,
                                 std::uint64_t lengths) const {
  LatestBans latest;
  for (std::size_t length = 0;; ++length) {
    if ((lengths & bit_of(length)) != 0) latest.take(find(key(hash, kind)));
    if (length == text.size()) return latest;
    hash = longer(hash, text[length]);
  }
}

LatestBans BanTable::of_urls(const Url& url) const {
  LatestBans latest;
  for (unsigned form = 0; form < forms; ++form) {
    const std::uint64_t lengths = lengths_of_urls_[form].load(std::memory_order_relaxed);
    const bool whole = has_whole_urls_[form].load(std::memory_order_relaxed);
    if (lengths == 0 && !whole) continue;
    std::uint64_t hash = origin(url, form);
    latest.take(of_prefixes(url.rest, Kind::prefix, hash, lengths));
    if (whole) latest.take(find(key(hash, Kind::url)));
  }
  return latest;
}

LatestBans BanTable::latest_of(const BanFacts& facts) const {
  LatestBans latest = all_.load();
  if (has_tags_.load(std::memory_order_relaxed))
    for (const TagNode& tag : facts.tags) latest.take(find(key(tag.hash, Kind::tag)));
  const std::uint64_t lengths = lengths_of_stamps_.load(std::memory_order_relaxed);
  std::uint64_t hash = seed_;
  if (lengths != 0) latest.take(of_prefixes(facts.suffix, Kind::stamp, hash, lengths));
  if (facts.url) latest.take(of_urls(*facts.url));
  return latest;
}

void BanTable::hide() {
  all_.store({});
  for (auto& lengths : lengths_of_urls_) lengths.store(0, std::memory_order_relaxed);
  for (auto& any : has_whole_urls_) any.store(false, std::memory_order_relaxed);
  lengths_of_stamps_.store(0, std::memory_order_relaxed);
  has_tags_.store(false, std::memory_order_relaxed);
}

bool BanTable::clear(std::size_t slots_max) {
  if (used_ == 0) return true;
  const std::size_t end = std::min(cleared_ + slots_max, slots_.size());
  for (; cleared_ < end; ++cleared_) {
    slots_[cleared_].key.store(0, std::memory_order_relaxed);
    slots_[cleared_].latest.store({});
  }
  if (cleared_ < slots_.size()) return false;
  used_ = cleared_ = 0;
  return true;
}

}  // namespace minato::cache
