// Which keys two values of one struct differ in.
#pragma once

#include <string>

#include "schema/declare.h"

namespace minato::schema {

struct ChangedKey {
  std::string path;  ///< `log.level`
  bool needs_restart;
};

namespace detail {

/// The section that is compared: where it is, and what holds for all of it.
struct ComparedSection {
  std::string path;
  bool needs_restart;
};

template <class T>
void add_changes(std::vector<ChangedKey>& out, const T& before, const T& after,
                 const ComparedSection& section);

template <class T, class M>
void add_change(std::vector<ChangedKey>& out, const T& before, const T& after,
                const ComparedSection& section, const Field<T, M>& field) {
  const auto& old = before.*field.member;
  const auto& now = after.*field.member;
  if (old == now) return;
  std::string path = section.path + std::string(field.key);
  const bool needs_restart = section.needs_restart || field.rules.needs_restart;
  if constexpr (Declared<M>)
    add_changes(out, old, now, {path + ".", needs_restart});
  else
    out.push_back({std::move(path), needs_restart});
}
template <class T, class M>
void add_change(std::vector<ChangedKey>& out, const T& before, const T& after,
                const ComparedSection& section, const Part<T, M>& part) {
  add_changes(out, before.*part.member, after.*part.member, section);
}
template <class T>
void add_change(std::vector<ChangedKey>&, const T&, const T&, const ComparedSection&,
                const Later&) {}

template <class T>
void add_changes(std::vector<ChangedKey>& out, const T& before, const T& after,
                 const ComparedSection& section) {
  std::apply(
      [&](const auto&... members) { (add_change(out, before, after, section, members), ...); },
      of<T>.members);
}

}  // namespace detail

/// In the order of the declaration. A list, and a section that may be absent, is one key.
template <Declared T>
std::vector<ChangedKey> changed_keys(const T& before, const T& after) {
  std::vector<ChangedKey> out;
  detail::add_changes(out, before, after, {});
  return out;
}

}  // namespace minato::schema
