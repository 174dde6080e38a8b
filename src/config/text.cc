#include "config/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace minato::config {
namespace {

using namespace std::string_view_literals;

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

/// The bytes of a lead byte's character, and the least code point that may be written so.
struct Lead {
  std::size_t bytes;
  unsigned bits;
  unsigned least;
};
Lead lead_of(unsigned byte) {
  if ((byte & 0xe0) == 0xc0) return {2, byte & 0x1f, 0x80};
  if ((byte & 0xf0) == 0xe0) return {3, byte & 0x0f, 0x800};
  if ((byte & 0xf8) == 0xf0) return {4, byte & 0x07, 0x10000};
  return {0, 0, 0};
}

/// The bytes of the UTF-8 character at `at` (RFC 3629 4), or 0 where there is none.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  if (byte_at(text, at) < 0x80) return 1;
  const Lead lead = lead_of(byte_at(text, at));
  unsigned point = lead.bits;
  for (std::size_t i = 1; i < lead.bytes; ++i) {
    if ((byte_at(text, at + i) & 0xc0) != 0x80) return 0;
    point = point << 6 | (byte_at(text, at + i) & 0x3f);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < lead.least || point > 0x10ffff || surrogate ? 0 : lead.bytes;
}

bool may_stand(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

schema::Mark mark_at(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at);
  const auto line_start = before.rfind('\n') + 1;  // 0 where there is none
  return {static_cast<std::uint32_t>(std::ranges::count(before, '\n')) + 1,
          static_cast<std::uint32_t>(at - line_start) + 1, 0};
}

/// Begins in the first column as no line of a section does, and of a list or text only by chance.
bool is_foreign(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  if (line.empty() || (!is_alpha(line[0]) && !is_digit(line[0]) && !":[<"sv.contains(line[0])))
    return false;
  return !line.ends_with(':') && !line.contains(": ") && !line.contains(":\t");
}

/// Other programs have some of the keys too, but with a space behind them.
bool has_key_of(std::string_view text, std::span<const std::string> keys) {
  while (!text.empty()) {
    std::string_view rest = take_until(text, '\n');
    const bool has_colon = rest.contains(':');
    if (has_colon && std::ranges::find(keys, take_until(rest, ':')) != keys.end()) return true;
  }
  return false;
}

}  // namespace

std::optional<TextFault> check_kind(std::string_view text, std::span<const std::string> keys) {
  if (text.contains("services") || has_key_of(text, keys) || check_text(text)) return std::nullopt;
  for (std::string_view rest = text; !rest.empty();) {
    const auto at = text.size() - rest.size();
    if (is_foreign(take_until(rest, '\n')))
      return TextFault{mark_at(text, at),
                       {"this line is no `key: value`, and the key services is nowhere: the file "
                        "seems to be none of Minato's",
                        "needed: services, a list of sections with name, listen_port, hosts and "
                        "upstreams",
                        {}}};
  }
  return std::nullopt;
}

std::optional<TextFault> check_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto bytes = character_bytes(text, at);
    if (bytes == 0)
      return TextFault{mark_at(text, at),
                       {fmt::format("the byte 0x{:02x} is not UTF-8", byte_at(text, at)),
                        "allowed: text in UTF-8",
                        {}}};
    if (bytes == 1 && !may_stand(text[at]))
      return TextFault{mark_at(text, at),
                       {fmt::format("the control character 0x{:02x}", byte_at(text, at)),
                        "allowed: tabs, line ends and what can be seen",
                        {}}};
    at += bytes;
  }
  return std::nullopt;
}

std::string_view line_of(std::string_view text, schema::Mark mark) {
  for (std::uint32_t line = 1; line < mark.line; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace minato::config
