// What strangers sent, made harmless for a log: no byte of it can end a line or a quoted value.
#pragma once

#include <string_view>

#include "observe/line_writer.h"

namespace minato::observe {

/// As nginx does in its access log: `"`, `\`, controls and every byte beyond ASCII become \xHH.
void put_hex_escaped(LineWriter& out, std::string_view text);

/// The inside of a JSON string (RFC 8259 7). A byte that is not UTF-8 becomes U+FFFD.
void put_json_escaped(LineWriter& out, std::string_view text);

/// For people to read: controls (those of Unicode too) and bytes that are not UTF-8 become \xHH.
void put_printable(LineWriter& out, std::string_view text);

/// The length of the UTF-8 character that `text` begins with (RFC 3629 4); 0 where it is none.
std::size_t utf8_length(std::string_view text) noexcept;

}  // namespace minato::observe
