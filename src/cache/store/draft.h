// How an entry comes to be: all that it is made of, copied into one block of memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "cache/key.h"
#include "cache/store/entry.h"

namespace minato::cache {

/// What an entry is made of; all of it is copied.
struct EntryParts {
  Key key;
  std::string_view vary = {};
  std::string_view variant = {};
  const http::Fields& lines;
  ResponseFacts facts = {};
  std::optional<ContentRange> part = {};
  std::string_view range = {};
  std::span<const std::string_view> tags = {};
  std::span<const std::uint64_t> inherited_tags = {};  ///< hashes of those of what it is made of
  std::uint64_t purges_before = 0;                     ///< Store::purges when it was asked for
};

/// By which entries of `url` are found whose keys have more than that; no tag that a response could
/// name is the same, but by chance.
std::uint64_t url_tag(const Url& url, std::uint64_t seed);

/// What `make_draft` needs.
std::size_t draft_bytes(const EntryParts& parts);
/// In `memory`, of so many `bytes`; without content.
Entry* make_draft(char* memory, std::size_t bytes, const EntryParts& parts, std::uint64_t seed);

}  // namespace minato::cache
