#include "schema/show.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace minato::schema::detail {
namespace {

/// True where YAML takes it for text as it stands.
bool is_plain(std::string_view text) {
  if (text.empty() || text == "~" || iequals(text, "null")) return false;
  if (!is_alpha(text.front()) && !is_digit(text.front()) && text.front() != '/') return false;
  if (text.back() == ':') return false;
  return std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("_-./:").find(c) != std::string_view::npos;
  });
}

std::string escaped(char c) {
  if (c == '"' || c == '\\') return {'\\', c};
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
    return fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return {c};
}

}  // namespace

std::string scalar_text(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) out += '$';  // what stands in a value now is no variable
    out += escaped(text[i]);
  }
  return out + '"';
}

void Writer::indent() {
  if (at_item_) {
    out_.append(2 * depth_ - 2, ' ') += "- ";
    at_item_ = false;
  } else {
    out_.append(2 * depth_, ' ');
  }
}

void Writer::entry(std::string_view key, std::string_view text) {
  indent();
  out_ += fmt::format("{}: {}\n", key, text);
}

void Writer::open(std::string_view key) {
  indent();
  out_ += fmt::format("{}:\n", key);
  depth_ += 1;
}

void Writer::open_item() {
  items_ += 1;
  at_item_ = true;
  depth_ += 1;
}

}  // namespace minato::schema::detail
