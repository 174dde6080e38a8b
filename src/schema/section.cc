#include "schema/section.h"

#include <fmt/format.h>

#include <algorithm>

#include "schema/kinds.h"
#include "schema/nearest.h"

namespace minato::schema {

std::vector<std::string_view> present_keys(const std::vector<KnownKey>& keys) {
  std::vector<std::string_view> names;
  for (const KnownKey& row : keys)
    if (row.comes_later.empty()) names.push_back(row.key);
  return names;
}

namespace detail {
namespace {

std::string_view name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::scalar: return "a single value";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a section";
  }
  return "";
}

Rejection wrong_kind(const Node& node, std::string allowed) {
  std::string found = fmt::format("{} stands here", name_of(node.kind));
  return {std::move(found), "allowed: " + std::move(allowed), {}};
}

/// Tabs may stand in a value; no other control character has a meaning in any.
bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}
Rejection has_control_characters() {
  return {"control characters, such as the end of a line", "allowed: what can be seen", {}};
}

/// `services[0].log.level` becomes `log.level`; empty where there is no element.
std::string_view below_element(std::string_view path) {
  const auto end = path.find("].");
  return end == std::string_view::npos ? std::string_view{} : path.substr(end + 2);
}

bool contains(const std::vector<std::string>& paths, std::string_view path) {
  return std::ranges::find(paths, path) != paths.end();
}

/// Of a key that stands in more sections none is more likely meant than another.
constexpr std::size_t sections_told_max = 3;

/// `; it stands in cache`, where `key` is one of other sections; empty where it is not.
std::string where_it_stands(std::string_view key, const std::vector<std::string>& paths) {
  std::vector<std::string_view> sections;
  for (const std::string_view path : paths) {
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos || path.substr(dot + 1) != key) continue;
    if (!contains(paths, below_element(path))) sections.push_back(path.substr(0, dot));
  }
  if (sections.empty() || sections.size() > sections_told_max) return {};
  return fmt::format("; it stands in {}", alternatives(sections));
}

/// The key that a value alone, where a section belongs, is probably meant for: the only one, the
/// one that needs a value, or the one that turns the section on.
std::string_view key_meant_by(std::string_view text, const std::vector<KnownKey>& known) {
  if (known.size() == 1) return known[0].key;
  if (std::ranges::count_if(known, &KnownKey::needs_value) == 1)
    return std::ranges::find_if(known, &KnownKey::needs_value)->key;
  const auto found = std::ranges::find_if(known, &KnownKey::is_switch);
  return found != known.end() && Kind<bool>::parse(text) ? found->key : std::string_view{};
}

Rejection no_section(const Node& node, const std::vector<KnownKey>& known) {
  const auto keys = present_keys(known);
  Rejection wrong = wrong_kind(node, fmt::format("a section with the key{} {}",
                                                 keys.size() == 1 ? "" : "s", alternatives(keys)));
  if (node.kind != Node::Kind::scalar) return wrong;
  const std::string_view meant = key_meant_by(node.text, known);
  if (!meant.empty()) wrong.suggestion = fmt::format("{{{}: {}}}", meant, node.text);
  return wrong;
}

}  // namespace

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}
std::string join(std::string_view path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

Section::Section(const Node& node, std::string_view path, Reader& reader,
                 const std::vector<KnownKey>& known)
    : path_(path), mark_(node.mark), reader_(reader) {
  if (node.kind == Node::Kind::map) {
    for (const Node& entry : node.children) admit(entry, known);
  } else if (node.kind != Node::Kind::null) {
    complete_ = false;
    reader.problems.error(node.mark, path, no_section(node, known));
  }
}

void Section::admit(const Node& entry, const std::vector<KnownKey>& known) {
  for (const KnownKey& row : known) {
    if (entry.key == row.key && row.comes_later.empty()) return accept(row.key, entry);
    if (!row.former.empty() && entry.key == row.former) {
      const std::string path = path_of(entry.key);
      reader_.problems.add(Severity::warning, entry.key_mark, path,
                           {"an old spelling", fmt::format("write {}", row.key), {}});
      return accept(row.key, entry);
    }
  }
  reject_unknown(entry, known);
}

void Section::accept(std::string_view key, const Node& entry) {
  const Node* const first = find(key);
  (first == nullptr ? entries_ : repeated_).push_back({key, &entry});
  if (first != nullptr) report_repeated(entry, first->key_mark, path_of(entry.key), reader_);
}

void Section::reject_unknown(const Node& entry, const std::vector<KnownKey>& known) const {
  const std::string path = path_of(entry.key);
  for (const KnownKey& row : known) {
    if (entry.key != row.key) continue;
    const std::string found = fmt::format("not there yet: it comes with {}", row.comes_later);
    return reader_.problems.error(entry.key_mark, path, {found, "allowed: leave it out", {}});
  }
  if (contains(reader_.paths, below_element(path)))
    return reader_.problems.error(
        entry.key_mark, path,
        {"stands only at the top of the file", "allowed: there, once for all", {}});
  const auto keys = present_keys(known);
  const std::string_view meant = nearest(entry.key, keys);
  const std::string elsewhere =
      meant.empty() ? where_it_stands(entry.key, reader_.paths) : std::string();
  reader_.problems.error(
      entry.key_mark, path,
      {"unknown key" + elsewhere, "allowed: " + alternatives(keys), std::string(meant)});
}

const Node* Section::find(std::string_view key) const {
  for (const Entry& entry : entries_)
    if (entry.key == key) return entry.node;
  return nullptr;
}

void Section::report_missing(std::string_view key, std::string what_belongs_there) const {
  if (!complete_) return;
  reader_.problems.error(mark_, path_of(key),
                         {"missing", "needed: " + std::move(what_belongs_there), {}});
}

void report_repeated(const Node& entry, Mark first, const std::string& path, Reader& reader) {
  reader.problems.error(entry.key_mark, path,
                        {fmt::format("the key stands here again, first in line {}", first.line),
                         "allowed: once",
                         {}});
}

void report_kind(const Node& node, const std::string& path, Reader& reader, std::string allowed) {
  reader.problems.error(node.mark, path, wrong_kind(node, std::move(allowed)));
}

std::optional<std::string> text_of(const Node& node, const std::string& path, Reader& reader) {
  auto text = substitute(node.text, reader.environment);
  if (text && std::ranges::any_of(*text, is_control))
    text = std::unexpected(has_control_characters());
  if (text) return *std::move(text);
  reader.problems.error(node.mark, path, std::move(text.error()));
  return std::nullopt;
}

void report_key(const Node& entry, const std::string& path, Reader& reader, Rejection wrong,
                std::string_view what, std::string_view form) {
  if (wrong.found.empty()) wrong.found = fmt::format("{} is not a {}", in_quotes(entry.key), what);
  if (wrong.allowed.empty()) wrong.allowed = fmt::format("allowed: {}", form);
  reader.problems.error(entry.key_mark, path, std::move(wrong));
}

bool is_list(const Node& node, const std::string& path, Reader& reader) {
  if (node.kind == Node::Kind::list || node.kind == Node::Kind::null) return true;
  Rejection wrong = wrong_kind(node, "a list");
  if (node.kind == Node::Kind::scalar) wrong.suggestion = fmt::format("[{}]", node.text);
  reader.problems.error(node.mark, path, std::move(wrong));
  return false;
}

bool is_map(const Node& node, const std::string& path, Reader& reader, std::string_view keys,
            std::string_view value) {
  if (node.kind == Node::Kind::map || node.kind == Node::Kind::null) return true;
  report_kind(node, path, reader, fmt::format("a section of {}, each with {}", keys, value));
  return false;
}

}  // namespace detail
}  // namespace minato::schema
