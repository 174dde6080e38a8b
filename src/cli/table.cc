#include "cli/table.h"

#include <algorithm>
#include <string_view>

#include "base/assert.h"

namespace minato::cli {
namespace {

/// In characters, as far as a terminal gives each of them one column.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void append(std::string& line, std::string_view cell, std::size_t columns, Align align) {
  const std::string padding(columns - width(cell), ' ');
  if (!line.empty()) line += "  ";
  if (align == Align::right) line += padding;
  line += cell;
  if (align == Align::left) line += padding;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  MINATO_ASSERT(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widest;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widest.push_back(width(columns_[i].title));
    for (const auto& row : rows_) widest[i] = std::max(widest[i], width(row[i]));
  }
  return widest;
}

std::string Table::text() const {
  const auto widest = widths();
  std::string out;
  const auto add_line = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      append(line, cell_of(i), widest[i], columns_[i].align);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  add_line([&](std::size_t i) { return std::string_view(columns_[i].title); });
  for (const auto& row : rows_) add_line([&](std::size_t i) { return std::string_view(row[i]); });
  return out;
}

}  // namespace minato::cli
