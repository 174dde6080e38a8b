// The keys that a section may have, from its declaration.
#pragma once

#include "schema/declare.h"

namespace minato::schema {

struct KnownKey {
  std::string_view key;
  std::string_view former;       ///< its old spelling; empty: none
  std::string_view comes_later;  ///< what it will belong to; empty: it is there
  bool needs_value = false;      ///< required, and no list
  bool only_at_top = false;
  bool is_switch = false;  ///< says whether the whole section is on
};

namespace detail {
template <class T>
void add_keys(std::vector<KnownKey>& keys);

template <class T, class M>
void add_key(std::vector<KnownKey>& keys, const Field<T, M>& field) {
  keys.push_back({.key = field.key,
                  .former = field.rules.former_key,
                  .comes_later = {},
                  .needs_value = field.rules.required && std::is_same_v<M, Leaf<M>>,
                  .only_at_top = field.rules.only_at_top,
                  .is_switch = std::is_same_v<M, bool> && field.key == "enabled"});
}
template <class T, class M>
void add_key(std::vector<KnownKey>& keys, const Part<T, M>&) {
  add_keys<M>(keys);
}
inline void add_key(std::vector<KnownKey>& keys, const Later& later) {
  keys.push_back({later.key, {}, later.what});
}
template <class T>
void add_keys(std::vector<KnownKey>& keys) {
  std::apply([&](const auto&... members) { (add_key(keys, members), ...); }, of<T>.members);
}
}  // namespace detail

/// In the order of the declaration.
template <Declared T>
std::vector<KnownKey> known_keys() {
  std::vector<KnownKey> keys;
  detail::add_keys<T>(keys);
  return keys;
}

/// Those that an element of a list may have in a section of its own.
template <Declared T>
std::vector<KnownKey> known_keys_of_element() {
  auto keys = known_keys<T>();
  std::erase_if(keys, [](const KnownKey& row) { return row.only_at_top; });
  return keys;
}

/// Without those that come later.
std::vector<std::string_view> present_keys(const std::vector<KnownKey>& keys);

namespace detail {
template <class T>
void add_paths(std::vector<std::string>& paths, const std::string& section);

template <class T, class M>
void add_path(std::vector<std::string>& paths, const std::string& section,
              const Field<T, M>& field) {
  paths.push_back(section + std::string(field.key));
  using V = Leaf<M>;
  constexpr bool is_section = std::is_same_v<M, V> || std::is_same_v<M, std::optional<V>>;
  constexpr bool is_list = std::is_same_v<M, std::vector<V>>;
  if constexpr (Declared<V> && (is_section || is_list))
    add_paths<V>(paths, paths.back() + (is_list ? "[]." : "."));
}
template <class T, class M>
void add_path(std::vector<std::string>& paths, const std::string& section, const Part<T, M>&) {
  add_paths<M>(paths, section);
}
inline void add_path(std::vector<std::string>&, const std::string&, const Later&) {}
template <class T>
void add_paths(std::vector<std::string>& paths, const std::string& section) {
  std::apply([&](const auto&... members) { (add_path(paths, section, members), ...); },
             of<T>.members);
}
}  // namespace detail

/// Every key of T and of its sections, such as `log.level`, and of a list's elements:
/// `services[].name`.
template <Declared T>
std::vector<std::string> known_paths() {
  std::vector<std::string> paths;
  detail::add_paths<T>(paths, "");
  return paths;
}

}  // namespace minato::schema
