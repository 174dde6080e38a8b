// What a document must be before anybody reads it as YAML.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schema/node.h"
#include "schema/rules.h"

namespace minato::config {

struct TextFault {
  schema::Mark mark;
  schema::Rejection why;
};

/// UTF-8 without control characters (YAML 1.2 5.1): the library would replace bytes that are none,
/// and takes 0x04 for the end.
std::optional<TextFault> check_text(std::string_view text);

/// The first line that no configuration of Minato has: a file of another program. Looked for where
/// `services`, which each has, stands nowhere, and no line begins with one of `keys` and a colon.
std::optional<TextFault> check_kind(std::string_view text, std::span<const std::string> keys);

/// The line that `mark` is in, without its end.
std::string_view line_of(std::string_view text, schema::Mark mark);

}  // namespace minato::config
