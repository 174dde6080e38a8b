// The reference page, from the declarations: what each key means, its default and what is allowed.
#pragma once

#include "schema/keys.h"
#include "schema/scalar.h"

namespace minato::schema {

struct ReferenceRow {
  std::string key;
  std::string fallback;  ///< the default, as it would be written
  std::string allowed;
  std::string meaning;
  std::vector<Choice> choices;
};

/// The keys of one section.
struct ReferenceTable {
  std::string path;  ///< `services[].upstreams[]`; empty: the top
  std::string meaning;
  std::vector<ReferenceRow> rows;
};

/// Markdown, a heading and a table a section.
std::string to_markdown(const std::vector<ReferenceTable>& tables);

namespace detail {

using Tables = std::vector<ReferenceTable>;

std::string section_path(std::string_view path, std::string_view key, std::string_view brackets);
std::string in_code(std::string_view text);
/// Those that are there, with spaces between.
std::string sentences(std::initializer_list<std::string_view> parts);
constexpr std::string_view restart_note(bool needed) {
  return needed ? "A change needs a restart." : "";
}
ReferenceRow inherited_row(std::string_view key, const std::vector<std::string_view>& keys,
                           std::string_view meaning);

template <class M>
struct Shape {
  static constexpr std::string_view brackets = "";
  static std::string prefix() { return ""; }  // of what is allowed
};
template <class V>
struct Shape<std::vector<V>> {
  static constexpr std::string_view brackets = "[]";
  static std::string prefix() { return "list: "; }
};
template <class K, class V>
struct Shape<std::map<K, V>> {
  static constexpr std::string_view brackets = ".<name>";
  static std::string prefix() { return std::string(Kind<K>::keys) + ", each with "; }
};

template <class V>
std::vector<Choice> choices_of(const Rules<V>& rules) {
  std::vector<Choice> out(rules.words.begin(), rules.words.end());
  if constexpr (Enumeration<V>)
    for (const auto& row : choices<V>) out.push_back({row.name, row.summary});
  return out;
}

template <class V>
std::string fallback_of(const V& value, const Rules<V>& rules) {
  const std::string text = show_value(value, rules);
  return in_code(text.empty() ? "\"\"" : text);
}
template <class V>
std::string fallback_of(const std::optional<V>&, const Rules<V>&) {
  return "none";
}
template <class K, class V>
std::string fallback_of(const std::map<K, V>&, const Rules<V>&) {
  return in_code("{}");
}
template <class V>
std::string fallback_of(const std::vector<V>& list, const Rules<V>& rules) {
  std::string items;
  for (const V& element : list) items += (items.empty() ? "" : ", ") + show_value(element, rules);
  return in_code("[" + items + "]");
}

template <class T, class M>
ReferenceRow row_of(const Field<T, M>& field) {
  const T defaults{};
  return {.key = std::string(field.key),
          .fallback =
              field.rules.required ? "required" : fallback_of(defaults.*field.member, field.rules),
          .allowed = Shape<M>::prefix() + describe(field.rules, Wording::brief),
          .meaning = sentences({field.meaning, restart_note(field.rules.needs_restart)}),
          .choices = choices_of(field.rules)};
}

template <class T>
void add_table(Tables& tables, const std::string& path, std::string meaning);
template <class T>
void add_rows(Tables& tables, std::size_t table);

template <class T, class M>
void add_member(Tables& tables, std::size_t table, const Field<T, M>& field) {
  using V = Leaf<M>;
  if constexpr (!Declared<V>) {
    tables[table].rows.push_back(row_of(field));
  } else if (field.rules.inherited) {
    tables[table].rows.push_back(
        inherited_row(field.key, present_keys(known_keys_of_element<V>()), field.meaning));
  } else {
    add_table<V>(
        tables, section_path(tables[table].path, field.key, Shape<M>::brackets),
        sentences({of<V>.meaning, field.meaning, restart_note(field.rules.needs_restart)}));
  }
}
template <class T, class M>
void add_member(Tables& tables, std::size_t table, const Part<T, M>&) {
  add_rows<M>(tables, table);
}
inline void add_member(Tables&, std::size_t, const Later&) {}

template <class T>
void add_rows(Tables& tables, std::size_t table) {
  std::apply([&](const auto&... members) { (add_member(tables, table, members), ...); },
             of<T>.members);
}

template <class T>
void add_table(Tables& tables, const std::string& path, std::string meaning) {
  tables.push_back({path, std::move(meaning), {}});
  add_rows<T>(tables, tables.size() - 1);
}

}  // namespace detail

template <Declared T>
std::vector<ReferenceTable> reference_tables() {
  detail::Tables tables;
  detail::add_table<T>(tables, "", std::string(of<T>.meaning));
  return tables;
}

}  // namespace minato::schema
