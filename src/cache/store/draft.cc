#include "cache/store/draft.h"

#include <cstring>
#include <memory>
#include <utility>

#include "base/hash.h"
#include "cache/store/region.h"

namespace minato::cache {
namespace {

constexpr std::string_view separator = ": ", line_end = "\r\n";

std::size_t text_bytes(const EntryParts& parts) {
  std::size_t bytes =
      parts.key.text.size() + parts.vary.size() + parts.variant.size() + parts.range.size();
  parts.lines.for_each([&](const http::Field& line) {
    bytes += line.name.size() + separator.size() + line.value.size() + line_end.size();
  });
  return bytes;
}

/// A key with more than a URL, or with a port, which a client may choose, is found by the URL
/// through a tag: in the index those of one URL do not share a bucket, however many there are.
std::optional<Url> tagged_url(const EntryParts& parts) {
  const auto text = url_of(parts.key.text);
  const auto url = split_url(text);
  const bool is_tagged = url && (!url->port.empty() || text.size() < parts.key.text.size());
  return is_tagged ? url : std::nullopt;
}

std::size_t tags_count(const EntryParts& parts, const std::optional<Url>& tagged) {
  return parts.tags.size() + parts.inherited_tags.size() + (tagged ? 1 : 0);
}

/// Copies one thing behind the other.
class Filler {
 public:
  explicit Filler(char* at) : at_(at) {}
  template <class T>
  std::span<T> array(std::size_t count) {
    T* const first = reinterpret_cast<T*>(std::exchange(at_, at_ + count * sizeof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }
  const char* at() const { return at_; }
  std::string_view text(std::string_view from) {
    if (!from.empty()) std::memcpy(at_, from.data(), from.size());
    return {std::exchange(at_, at_ + from.size()), from.size()};
  }

 private:
  char* at_;
};

void fill_tags(Entry& entry, const EntryParts& parts, const std::optional<Url>& tagged,
               std::uint64_t seed) {
  auto node = entry.tags.begin();
  const auto add = [&](std::uint64_t hash) { *node++ = {.hash = hash, .entry = &entry}; };
  for (const std::string_view tag : parts.tags) add(hash_bytes(tag, seed));
  for (const std::uint64_t hash : parts.inherited_tags) add(hash);
  if (tagged) add(url_tag(*tagged, seed));
}

void fill(Entry& entry, const EntryParts& parts, std::uint64_t seed) {
  Filler filler(reinterpret_cast<char*>(&entry + 1));
  const auto tagged = tagged_url(parts);
  entry.tags = filler.array<TagNode>(tags_count(parts, tagged));
  const auto lines = filler.array<http::Field>(parts.lines.count());
  entry.key = filler.text(parts.key.text);
  entry.vary = filler.text(parts.vary);
  entry.variant = filler.text(parts.variant);
  std::size_t count = 0;
  const char* const begin = filler.at();
  parts.lines.for_each([&](const http::Field& line) {
    const auto name = filler.text(line.name);
    filler.text(separator);
    const auto value = filler.text(line.value);
    filler.text(line_end);
    lines[count++] = {name, value, line.id};
  });
  entry.lines = lines.first(count);
  entry.text = {begin, filler.at()};
  fill_tags(entry, parts, tagged, seed);
  entry.facts = parts.facts;
  entry.part = parts.part;
  entry.range = filler.text(parts.range);
}

}  // namespace

std::uint64_t url_tag(const Url& url, std::uint64_t seed) { return hash_of(url, ~seed); }

std::size_t draft_bytes(const EntryParts& parts) {
  return sizeof(Entry) + tags_count(parts, tagged_url(parts)) * sizeof(TagNode) +
         parts.lines.count() * sizeof(http::Field) + text_bytes(parts);
}

Entry* make_draft(char* memory, std::size_t bytes, const EntryParts& parts, std::uint64_t seed) {
  auto* const entry = new (memory) Entry(parts.key.hash, Region::rounded(bytes));
  fill(*entry, parts, seed);
  entry->block_bytes = static_cast<std::uint32_t>(bytes);
  return entry;
}

}  // namespace minato::cache
