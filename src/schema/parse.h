// From a document to a struct: walks the declaration of T and reports everything that is wrong.
#pragma once

#include "schema/declare.h"
#include "schema/scalar.h"
#include "schema/section.h"

namespace minato::schema {

namespace detail {

template <class V>
std::string describe_leaf(const Rules<V>& rules) {
  if constexpr (Declared<V>)
    return "a section";
  else
    return describe(rules);
}

/// What belongs into a member of type M.
template <class M>
std::string describe_member(const Rules<Leaf<M>>& rules) {
  const std::string leaf = describe_leaf(rules);
  return std::is_same_v<M, std::vector<Leaf<M>>> ? "a list, each item " + leaf : leaf;
}

template <class T, class F>
void read_member(const Section& section, T& out, const F& member);

template <class T>
void read_members(const Section& section, T& out) {
  std::apply([&](const auto&... members) { (read_member(section, out, members), ...); },
             of<T>.members);
}

}  // namespace detail

/// Reads what `node` states into `out`; what it does not state stays as it is. Values that are
/// wrong are reported and leave their member alone.
template <Declared T>
void parse(const Node& node, T& out, const std::string& path, Reader& reader) {
  const bool in_element = path.contains('[');
  detail::read_members(detail::Section(node, path, reader,
                                       in_element ? known_keys_of_element<T>() : known_keys<T>()),
                       out);
}

namespace detail {

/// The field that a value belongs to, in the owner that has been read so far.
template <class T, class M>
struct Place {
  const Field<T, M>& field;
  const T& owner;

  Leaf<M> new_element() const {
    return field.starts_as == nullptr ? Leaf<M>{} : field.starts_as(owner);
  }
};

template <class V>
void read(const Node& node, V& out, const std::string& path, Reader& reader, const auto& place) {
  if constexpr (Declared<V>) {
    parse(node, out, path, reader);
  } else if (node.kind != Node::Kind::scalar) {
    report_kind(node, path, reader, describe(place.field.rules));
  } else if (const auto text = text_of(node, path, reader)) {
    auto parsed = parse_value<V>(*text, place.field.rules);
    if (parsed)
      out = *std::move(parsed);
    else
      reader.problems.error(node.mark, path, std::move(parsed.error()));
  }
}

template <class V>
void read(const Node& node, std::optional<V>& out, const std::string& path, Reader& reader,
          const auto& place) {
  if (!out) out.emplace();
  read(node, *out, path, reader, place);
}

template <class V>
void read(const Node& node, std::vector<V>& out, const std::string& path, Reader& reader,
          const auto& place) {
  if (!is_list(node, path, reader)) return;
  out.clear();
  out.reserve(node.children.size());
  for (const Node& child : node.children) {
    const std::string child_path = join(path, out.size());
    reader.problems.remember(child_path, child.mark);
    out.push_back(place.new_element());
    read(child, out.back(), child_path, reader, place);
  }
  const auto& rules = place.field.rules;
  if (out.empty() && (rules.required || rules.not_empty))
    reader.problems.error(
        node.mark, path,
        {"the list is empty", "allowed: one item or more, each " + describe_leaf(rules), {}});
}

/// The key of an entry of a map; or what is wrong with it.
template <class K>
Parsed<K> key_of(const Node& entry, Check check) {
  auto key = Kind<K>::parse(entry.key);
  if (key && check != nullptr)
    if (auto wrong = check(entry.key)) return std::unexpected(*std::move(wrong));
  return key;
}

template <class K, class V>
void read(const Node& node, std::map<K, V>& out, const std::string& path, Reader& reader,
          const auto& place) {
  if (!is_map(node, path, reader, Kind<K>::keys, describe_leaf(place.field.rules))) return;
  out.clear();
  for (const Node& child : node.children) {
    auto key = key_of<K>(child, place.field.rules.key_check);
    if (!key) {
      const std::string child_path = join(path, child.key);
      report_key(child, child_path, reader, std::move(key.error()), Kind<K>::what, Kind<K>::form);
      V ignored = place.new_element();  // its faults are told all the same
      read(child, ignored, child_path, reader, place);
      continue;
    }
    const std::string child_path = join(path, Kind<K>::show(*key));
    const auto [entry, added] = out.try_emplace(*key, place.new_element());
    if (!added) report_repeated(child, reader.problems.mark_of(child_path), child_path, reader);
    reader.problems.remember(child_path, child.mark);
    read(child, entry->second, child_path, reader, place);
  }
}

template <class T, class M>
void read_member(const Section& section, T& out, const Field<T, M>& field) {
  const std::string path = section.path_of(field.key);
  // For its faults alone; first, so that the places of the value that counts are remembered.
  section.for_each_repeated(field.key, [&](const Node& again) {
    M ignored = out.*field.member;
    read(again, ignored, path, section.reader(), Place<T, M>{field, out});
  });
  if (const Node* const node = section.find(field.key)) {
    section.reader().problems.remember(path, node->mark);
    read(*node, out.*field.member, path, section.reader(), Place<T, M>{field, out});
  } else if (field.rules.required) {
    section.report_missing(field.key, describe_member<M>(field.rules));
  }
}
template <class T, class M>
void read_member(const Section& section, T& out, const Part<T, M>& part) {
  read_members(section, out.*part.member);
}
template <class T>
void read_member(const Section&, T&, const Later&) {}

}  // namespace detail
}  // namespace minato::schema
