// What POST /cache/purge asks for: its body, read and checked as far as its form goes.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "cache/store/purge_log.h"

namespace minato::admin {

struct PurgeOrder {
  std::string what;   ///< url, prefix, tag, host or all
  std::string value;  ///< empty for all
  cache::Purge how = cache::Purge::remove;
};

/// The sentence is what is wrong with it. A form that nothing stored can match is wrong, too:
/// success would be taken for a purge.
std::expected<PurgeOrder, std::string> parse_purge_order(std::string_view body);

/// RFC 3986 2 and 3.5: a target with what is wrong here is refused, so that nothing is stored
/// under it.
std::optional<std::string> wrong_characters(std::string_view url);

}  // namespace minato::admin
