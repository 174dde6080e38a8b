// YAML into nodes with positions. The one place that knows the YAML library.
#pragma once

#include <optional>
#include <string_view>

#include "schema/node.h"
#include "schema/problem.h"

namespace minato::config {

// Bounds of what is read: enough for a million lines, too little for a bomb of aliases.
inline constexpr std::size_t document_bytes_max = 64u << 20;
inline constexpr std::size_t document_nodes_max = 2'000'000;
inline constexpr std::size_t nesting_max = 32;

/// The document in `text`; nullopt, reported, where it is not one document of YAML within the
/// bounds. Aliases are replaced by what they stand for. An empty text is a null node. `problems`
/// knows the text as its first source.
std::optional<schema::Node> parse_yaml(std::string_view text, schema::Problems& problems);

}  // namespace minato::config
