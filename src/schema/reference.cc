#include "schema/reference.h"

#include <fmt/format.h>

#include "schema/problem.h"

namespace minato::schema {
namespace {

/// For a cell of a table.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string to_markdown(const ReferenceRow& row) {
  return fmt::format("| {} | {} | {} | {} |\n", detail::in_code(row.key), escaped(row.fallback),
                     escaped(row.allowed), escaped(row.meaning));
}

std::string choices_to_markdown(const ReferenceRow& row) {
  std::string out = fmt::format("\n{}:\n\n", detail::in_code(row.key));
  for (const Choice& choice : row.choices)
    out += fmt::format("- {}: {}\n", detail::in_code(choice.name), choice.summary);
  return out;
}

std::string to_markdown(const ReferenceTable& table) {
  std::string out =
      table.path.empty() ? "### Top level\n" : fmt::format("### {}\n", detail::in_code(table.path));
  out += fmt::format("\n{}\n", table.meaning);
  if (table.rows.empty()) return out;
  out += "\n| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n";
  for (const ReferenceRow& row : table.rows) out += to_markdown(row);
  for (const ReferenceRow& row : table.rows)
    if (!row.choices.empty()) out += choices_to_markdown(row);
  return out;
}

}  // namespace

std::string to_markdown(const std::vector<ReferenceTable>& tables) {
  std::string out;
  for (const ReferenceTable& table : tables) out += (out.empty() ? "" : "\n") + to_markdown(table);
  return out;
}

namespace detail {

std::string sentences(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts)
    if (!part.empty()) out += (out.empty() ? "" : " ") + std::string(part);
  return out;
}

std::string in_code(std::string_view text) { return fmt::format("`{}`", text); }

std::string section_path(std::string_view path, std::string_view key, std::string_view brackets) {
  return fmt::format("{}{}{}{}", path, path.empty() ? "" : ".", key, brackets);
}

ReferenceRow inherited_row(std::string_view key, const std::vector<std::string_view>& keys,
                           std::string_view meaning) {
  std::vector<std::string> coded;
  for (const std::string_view name : keys) coded.push_back(in_code(name));
  return {.key = std::string(key),
          .fallback = "as at the top",
          .allowed = fmt::format("section: {}", fmt::join(coded, ", ")),
          .meaning = std::string(meaning),
          .choices = {}};
}

}  // namespace detail
}  // namespace minato::schema
