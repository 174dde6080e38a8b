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
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "schema/values.h"

namespace minato::schema {

/// The declaration of struct T.
template <class T>
inline constexpr auto of = nullptr;

template <class T>
concept Declared = !std::is_same_v<decltype(of<T>), const std::nullptr_t>;

/// A word that may stand as a value. Matched without case, with `_`, `-`, a space or nothing
/// between words.
struct Choice {
  std::string_view name;  ///< in snake_case
  std::string_view summary;
};

/// The names of enumeration E: `inline constexpr auto choices<E> = std::array{Named{E::a, "a",
/// "..."}, ...}`.
template <class E>
inline constexpr auto choices = nullptr;

template <class E>
struct Named {
  E value;
  std::string_view name;
  std::string_view summary;
};

/// What is wrong with a value: what was found, what is allowed (empty: what the rules of the field
/// say) and the nearest thing that would do, if one is near.
struct Rejection {
  std::string found;
  std::string allowed;
  std::string suggestion;
};

/// A rule that only code can state.
using Check = std::optional<Rejection> (*)(std::string_view);

namespace detail {
template <class T>
struct LeafOf {
  using Type = T;
};
template <class T>
struct LeafOf<std::optional<T>> : LeafOf<T> {};
template <class T>
struct LeafOf<std::vector<T>> : LeafOf<T> {};
template <class T>
struct LeafOf<std::map<std::string, T>> : LeafOf<T> {};
}  // namespace detail

/// The type of the values in a member: of its elements, where it is a list or a map.
template <class M>
using Leaf = typename detail::LeafOf<M>::Type;

/// The least and the greatest value; nothing for types that have no order.
template <class V>
struct Range {
  using Bound = std::conditional_t<std::is_trivially_copyable_v<V>, V, char>;
  Bound low{};
  Bound high{};
  bool set = false;
};

/// What is allowed of a value of type V.
template <class V>
struct Rules {
  Range<V> range{};
  std::string_view zero_means;    ///< zero is allowed beside the range, and means this
  std::string_view zero_word;     ///< a word to write for zero
  std::span<const Choice> words;  ///< known words of a string
  bool only_words = false;
  Check check = nullptr;        ///< of a string that is none of the words
  std::string_view allowed;     ///< what `check` lets pass, for people
  bool required = false;        ///< the key must be there; a list must not be empty
  bool secret = false;          ///< never shown
  bool inherited = false;       ///< what is not stated comes from the same key at the top
  std::string_view former_key;  ///< still understood, with a warning
};

template <class T, class M>
struct Field {
  M T::* member;
  std::string_view key;
  std::string_view meaning;
  Rules<Leaf<M>> rules{};
  Leaf<M> (*starts_as)(const T&) =
      nullptr;  ///< what a new element of a list holds before its keys are read
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

// What may stand behind the meaning of a field.

template <class V>
struct Between {
  V low;
  V high;
};
template <class L, class H>
constexpr auto between(L low, H high) {
  return Between<std::common_type_t<L, H>>{low, high};
}
struct ZeroMeans {
  std::string_view meaning;
};
/// Zero is allowed, whatever the range says, and means this ("no limit", "off").
constexpr ZeroMeans zero_means(std::string_view meaning) { return {meaning}; }
struct ZeroWord {
  std::string_view word;
};
/// Zero is written as this word ("auto").
constexpr ZeroWord zero_word(std::string_view word) { return {word}; }
struct Words {
  std::span<const Choice> choices;
  bool only;
};
/// A string that is one of these words; the member holds it as it is spelled here.
constexpr Words one_of(std::span<const Choice> choices) { return {choices, true}; }
/// A string in which these words have a meaning, beside others.
constexpr Words words(std::span<const Choice> choices) { return {choices, false}; }
struct Checked {
  Check check;
  std::string_view allowed;
};
constexpr Checked checked(Check check, std::string_view allowed) { return {check, allowed}; }
struct FormerKey {
  std::string_view key;
};
constexpr FormerKey formerly(std::string_view key) { return {key}; }
template <class F>
struct StartsAs {
  F function;
};
template <class F>
constexpr StartsAs<F> starts_as(F function) {
  return {function};
}
struct Required {};
inline constexpr Required required;
struct Secret {};
inline constexpr Secret secret;
struct Inherited {};
inline constexpr Inherited inherited;

namespace detail {
template <class T, class M, class V>
constexpr void apply(Field<T, M>& f, const Between<V>& b) {
  using Value = Leaf<M>;
  f.rules.range = {static_cast<Value>(b.low), static_cast<Value>(b.high), true};
}
template <class F>
constexpr void apply(F& f, ZeroMeans z) {
  f.rules.zero_means = z.meaning;
}
template <class F>
constexpr void apply(F& f, ZeroWord z) {
  f.rules.zero_word = z.word;
}
template <class F>
constexpr void apply(F& f, Words w) {
  f.rules.words = w.choices;
  f.rules.only_words = w.only;
}
template <class F>
constexpr void apply(F& f, Checked c) {
  f.rules.check = c.check;
  f.rules.allowed = c.allowed;
}
template <class F>
constexpr void apply(F& f, FormerKey k) {
  f.rules.former_key = k.key;
}
template <class F, class G>
constexpr void apply(F& f, StartsAs<G> s) {
  f.starts_as = s.function;
}
template <class F>
constexpr void apply(F& f, Required) {
  f.rules.required = true;
}
template <class F>
constexpr void apply(F& f, Secret) {
  f.rules.secret = true;
}
template <class F>
constexpr void apply(F& f, Inherited) {
  f.rules.inherited = true;
}
}  // namespace detail

template <class T, class M, class... Extras>
constexpr auto field(M T::* member, std::string_view key, std::string_view meaning,
                     Extras... extras) {
  Field<T, M> made{member, key, meaning};
  (detail::apply(made, extras), ...);
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
