#include "http/fields.h"

#include <algorithm>
#include <memory>

#include "base/strings.h"

namespace minato::http {
namespace {

constexpr std::size_t first_lines = 16;  // what a browser sends, so that most heads never grow

}  // namespace

void Fields::grow() {
  const auto grown = arena_->room<Field>(lines_.empty() ? first_lines : lines_.size() * 2);
  std::ranges::uninitialized_copy(lines_, grown);
  lines_ = grown;
}

const Field* Fields::find(FieldId id) const noexcept {
  if (!present_.contains(id)) return nullptr;
  for (const Field& line : lines())
    if (line.id == id && !line.removed) return &line;
  return nullptr;
}

const Field* Fields::find(std::string_view name) const noexcept {
  for (const Field& line : lines())
    if (!line.removed && iequals(line.name, name)) return &line;
  return nullptr;
}

std::string_view Fields::value(FieldId id) const noexcept {
  const Field* const line = find(id);
  return line != nullptr ? line->value : std::string_view{};
}

std::size_t Fields::count_of(FieldId id) const noexcept {
  if (!present_.contains(id)) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(
      lines(), [id](const Field& line) { return line.id == id && !line.removed; }));
}

std::string_view Fields::combined(FieldId id, std::string_view between) const {
  if (!present_.contains(id)) return {};
  return joined([id](const Field& line) { return line.id == id; }, between).value_or("");
}

void Fields::remove(FieldId id) noexcept {
  if (present_.contains(id)) remove_if([id](const Field& line) { return line.id == id; });
}

void Fields::remove(std::string_view name) noexcept {
  remove_if([name](const Field& line) { return iequals(line.name, name); });
}

}  // namespace minato::http
