// Which keys two values of one struct differ in.
#pragma once

#include "schema/declare.h"

namespace minato::schema {

struct ChangedKey {
  std::string_view key;
  bool needs_restart;
};

namespace detail {
template <class T>
void add_changes(std::vector<ChangedKey>& out, const T& before, const T& after);

template <class T, class M>
void add_change(std::vector<ChangedKey>& out, const T& before, const T& after,
                const Field<T, M>& field) {
  if (before.*field.member != after.*field.member)
    out.push_back({field.key, field.rules.needs_restart});
}
template <class T, class M>
void add_change(std::vector<ChangedKey>& out, const T& before, const T& after,
                const Part<T, M>& part) {
  add_changes(out, before.*part.member, after.*part.member);
}
template <class T>
void add_change(std::vector<ChangedKey>&, const T&, const T&, const Later&) {}

template <class T>
void add_changes(std::vector<ChangedKey>& out, const T& before, const T& after) {
  std::apply([&](const auto&... members) { (add_change(out, before, after, members), ...); },
             of<T>.members);
}
}  // namespace detail

/// In the order of the declaration.
template <Declared T>
std::vector<ChangedKey> changed_keys(const T& before, const T& after) {
  std::vector<ChangedKey> out;
  detail::add_changes(out, before, after);
  return out;
}

}  // namespace minato::schema
