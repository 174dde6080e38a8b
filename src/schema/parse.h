// From a document to a struct: walks the declaration of T and reports everything that is wrong.
#pragma once

#include "schema/declare.h"
#include "schema/environment.h"
#include "schema/keys.h"
#include "schema/node.h"
#include "schema/problem.h"
#include "schema/scalar.h"

namespace minato::schema {

/// What a reading needs beside the document.
struct Reader {
  Problems& problems;
  const Environment& environment;
  /// The keys that stand at the top and in its sections: whoever puts one into a list's element is
  /// told so.
  std::vector<std::string> top{};
};

namespace detail {

std::string join(std::string_view path, std::string_view key);
std::string join(std::string_view path, std::size_t index);

/// The entries of a map, checked against the keys that may stand there.
class Section {
 public:
  /// Reports what is no map, unknown and repeated keys. A key counts where it stands first.
  Section(const Node& node, std::string_view path, Reader& reader,
          const std::vector<KnownKey>& known);

  /// The value of `key` under its present or its old spelling, or nullptr.
  const Node* find(std::string_view key) const;
  /// Calls `visit` with each further value of `key`.
  template <class Visit>
  void for_each_repeated(std::string_view key, Visit visit) const {
    for (const Entry& entry : repeated_)
      if (entry.key == key) visit(*entry.node);
  }
  void report_missing(std::string_view key, std::string what_belongs_there) const;
  std::string path_of(std::string_view key) const { return join(path_, key); }
  Reader& reader() const { return reader_; }

 private:
  struct Entry {
    std::string_view key;
    const Node* node;
  };
  void admit(const Node& entry, const std::vector<KnownKey>& known);
  void reject_unknown(const Node& entry, const std::vector<KnownKey>& known) const;
  void accept(std::string_view key, const Node& entry);

  std::string_view path_;
  Mark mark_;
  bool complete_ = true;  // false where the keys could not be read
  Reader& reader_;
  std::vector<Entry> entries_;
  std::vector<Entry> repeated_;
};

/// The text of a scalar with its variables replaced; nullopt, reported, where one is missing or
/// the text has control characters.
std::optional<std::string> text_of(const Node& node, const std::string& path, Reader& reader);
void report_kind(const Node& node, const std::string& path, Reader& reader, std::string allowed);
/// True where `node` is a list, or nothing, which is an empty one; what is neither is reported.
bool is_list(const Node& node, const std::string& path, Reader& reader);
/// The same for a map.
bool is_map(const Node& node, const std::string& path, Reader& reader);
void report_repeated(const Node& entry, Mark first, const std::string& path, Reader& reader);

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

template <class V>
void read(const Node& node, std::map<std::string, V>& out, const std::string& path, Reader& reader,
          const auto& place) {
  if (!is_map(node, path, reader)) return;
  out.clear();
  for (const Node& child : node.children) {
    const std::string child_path = join(path, child.key);
    const auto [entry, added] = out.try_emplace(child.key, place.new_element());
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
