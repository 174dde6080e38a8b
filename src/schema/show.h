// The effective values as a document that reads back as the same values. Secrets are left out.
#pragma once

#include "schema/declare.h"
#include "schema/scalar.h"

namespace minato::schema {

template <Declared T>
std::string show(const T& value);

namespace detail {

/// Writes YAML, one key after the other.
class Writer {
 public:
  void entry(std::string_view key, std::string_view text);
  void open(std::string_view key);
  void close() { depth_ -= 1; }
  /// Begins an item of the list that is open: a section with keys of its own.
  void open_item();
  void close_item() {
    items_ -= 1;
    close();
  }
  bool in_item() const { return items_ > 0; }
  std::string take() { return std::move(out_); }

 private:
  void indent();
  std::string out_;
  std::size_t depth_ = 0;
  std::size_t items_ = 0;  // that are open
  bool at_item_ = false;
};

/// `text` as a scalar in a line, in quotes where it would be taken for something else.
std::string scalar_text(std::string_view text);

template <class V>
std::string scalar_of(const V& value, const Rules<V>& rules) {
  return scalar_text(show_value(value, rules));
}

template <class T>
void write_members(Writer& writer, const T& value);

template <class V>
void write(Writer& writer, std::string_view key, const V& value, const Rules<V>& rules) {
  if constexpr (Declared<V>) {
    writer.open(key);
    write_members(writer, value);
    writer.close();
  } else {
    writer.entry(key, scalar_of(value, rules));
  }
}

template <class V>
void write(Writer& writer, std::string_view key, const std::optional<V>& value,
           const Rules<V>& rules) {
  if (value) write(writer, key, *value, rules);
}

template <class V>
void write(Writer& writer, std::string_view key, const std::vector<V>& list,
           const Rules<V>& rules) {
  if constexpr (Declared<V>) {
    if (list.empty()) return writer.entry(key, "[]");
    writer.open(key);
    for (const V& element : list) {
      writer.open_item();
      write_members(writer, element);
      writer.close_item();
    }
    writer.close();
  } else {
    std::string items;
    for (const V& element : list) items += (items.empty() ? "" : ", ") + scalar_of(element, rules);
    writer.entry(key, "[" + items + "]");
  }
}

template <class K, class V>
void write(Writer& writer, std::string_view key, const std::map<K, V>& map, const Rules<V>& rules) {
  if (map.empty()) return writer.entry(key, "{}");
  writer.open(key);
  for (const auto& [name, value] : map)
    write(writer, scalar_text(Kind<K>::show(name)), value, rules);
  writer.close();
}

template <class T, class M>
void write_member(Writer& writer, const T& value, const Field<T, M>& field) {
  const bool inherited = field.rules.only_at_top && writer.in_item();
  if (!field.rules.secret && !inherited) write(writer, field.key, value.*field.member, field.rules);
}
template <class T, class M>
void write_member(Writer& writer, const T& value, const Part<T, M>& part) {
  write_members(writer, value.*part.member);
}
template <class T>
void write_member(Writer&, const T&, const Later&) {}

template <class T>
void write_members(Writer& writer, const T& value) {
  std::apply([&](const auto&... members) { (write_member(writer, value, members), ...); },
             of<T>.members);
}

}  // namespace detail

template <Declared T>
std::string show(const T& value) {
  detail::Writer writer;
  detail::write_members(writer, value);
  return writer.take();
}

}  // namespace minato::schema
