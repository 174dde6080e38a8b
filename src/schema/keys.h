// The keys that a section may have, from its declaration.
#pragma once

#include "schema/declare.h"

namespace minato::schema {

struct KnownKey {
  std::string_view key;
  std::string_view former;       ///< its old spelling; empty: none
  std::string_view comes_later;  ///< what it will belong to; empty: it is there
  bool needs_value = false;      ///< required, and no list
};

namespace detail {
template <class T>
void add_keys(std::vector<KnownKey>& keys);

template <class T, class M>
void add_key(std::vector<KnownKey>& keys, const Field<T, M>& field) {
  keys.push_back(
      {field.key, field.rules.former_key, {}, field.rules.required && std::is_same_v<M, Leaf<M>>});
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

/// Without those that come later.
std::vector<std::string_view> present_keys(const std::vector<KnownKey>& keys);

}  // namespace minato::schema
