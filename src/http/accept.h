// What the client would like to read (RFC 9110 12.5.1), as far as Minato's own answers come in two
// forms.
#pragma once

#include <cstdint>
#include <string_view>

namespace minato::http {

enum class AnswerFormat : std::uint8_t { text, json };

/// JSON where `accept` gives application/json (or application/problem+json) a higher q-value than
/// text/plain, or the same one but names it more exactly or earlier. Text in every other case, a
/// field that is absent or malformed among them.
AnswerFormat preferred_format(std::string_view accept) noexcept;

}  // namespace minato::http
