// One declaration per setting: its member, its key, what it means and what is allowed.
// The parser, the reference page and the dump of effective values all walk these declarations.
//
//   template <>
//   inline constexpr auto of<net::DnsOptions> = object(
//       "How names of upstreams are resolved.",
//       field(&net::DnsOptions::min_ttl, "min_ttl", "Answers are kept at least so long.",
//       between(0s, 1h)));
//
// A default is the member's initialiser and stands nowhere else. The declaration of a struct
// follows it in its header, in namespace minato::schema, the declarations of its members before its
// own.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>

#include "schema/rules.h"
#include "schema/values.h"

namespace minato::schema {

/// The declaration of struct T.
template <class T>
inline constexpr auto of = nullptr;

template <class T>
concept Declared = !std::is_same_v<decltype(of<T>), const std::nullptr_t>;

template <class T, class M>
struct Field {
  M T::* member;
  std::string_view key;
  std::string_view meaning;
  Rules<Leaf<M>> rules{};
  /// What a new element of a list holds before its keys are read; nullptr: the defaults.
  Leaf<M> (*starts_as)(const T&) = nullptr;
};

/// The fields of a member, as if they were the owner's own.
template <class T, class M>
struct Part {
  M T::* member;
};

/// A key that a later version will know: an error that says so.
struct Later {
  std::string_view key;
  std::string_view what;
};

template <class... Members>
struct Object {
  std::string_view meaning;
  std::tuple<Members...> members;
};

template <class T, class M, class... Extras>
constexpr auto field(M T::* member, std::string_view key, std::string_view meaning,
                     Extras... extras) {
  Field<T, M> made{member, key, meaning};
  (extras(made), ...);
  return made;
}

template <class T, class M>
constexpr Part<T, M> part(M T::* member) {
  return {member};
}

constexpr Later later(std::string_view key, std::string_view what) { return {key, what}; }

template <class... Members>
constexpr Object<Members...> object(std::string_view meaning, Members... members) {
  return {meaning, std::tuple(members...)};
}

}  // namespace minato::schema
