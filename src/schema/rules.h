// What is allowed of a value, and the words in which a declaration says so.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace minato::schema {

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
  friend bool operator==(const Rejection&, const Rejection&) = default;
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
template <class K, class T>
struct LeafOf<std::map<K, T>> : LeafOf<T> {};
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
  Check key_check = nullptr;    ///< of the keys of a map
  bool required = false;        ///< the key must be there, and a list not be empty
  bool not_empty = false;       ///< the list must not be empty where the key is there
  bool secret = false;          ///< never shown
  bool inherited = false;       ///< what is not stated comes from the same key at the top
  bool only_at_top = false;     ///< not in a section of a list's element that inherits this one
  bool needs_restart = false;   ///< a change takes effect when the program starts again
  std::string_view former_key;  ///< still understood, with a warning
};

// What may stand behind the meaning of a field: each changes the field that it is given.

constexpr auto between(auto low, auto high) {
  return [low, high](auto& field) {
    using Bound = decltype(field.rules.range.low);
    field.rules.range = {static_cast<Bound>(low), static_cast<Bound>(high), true};
  };
}
/// Zero is allowed, whatever the range says, and means this ("no limit", "off").
constexpr auto zero_means(std::string_view meaning) {
  return [meaning](auto& field) { field.rules.zero_means = meaning; };
}
/// Zero is written as this word ("auto").
constexpr auto zero_word(std::string_view word) {
  return [word](auto& field) { field.rules.zero_word = word; };
}
/// A string that is one of these words; the member holds it as it is spelled here.
constexpr auto one_of(std::span<const Choice> choices) {
  return [choices](auto& field) {
    field.rules.words = choices;
    field.rules.only_words = true;
  };
}
/// A string in which these words have a meaning, beside others.
constexpr auto words(std::span<const Choice> choices) {
  return [choices](auto& field) { field.rules.words = choices; };
}
/// A string that `check` lets pass; `allowed` says to people what that is.
constexpr auto checked(Check check, std::string_view allowed) {
  return [check, allowed](auto& field) {
    field.rules.check = check;
    field.rules.allowed = allowed;
  };
}
/// A map whose keys `check` lets pass.
constexpr auto keys_checked(Check check) {
  return [check](auto& field) { field.rules.key_check = check; };
}
/// An old spelling of the key: still understood, with a warning.
constexpr auto formerly(std::string_view key) {
  return [key](auto& field) { field.rules.former_key = key; };
}
/// What a new element of a list holds before its keys are read: `Element function(const Owner&)`.
/// The keys that stand before this one in the declaration have been read by then.
constexpr auto starts_as(auto function) {
  return [function](auto& field) { field.starts_as = function; };
}
inline constexpr auto required = [](auto& field) { field.rules.required = true; };
inline constexpr auto not_empty = [](auto& field) { field.rules.not_empty = true; };
inline constexpr auto secret = [](auto& field) { field.rules.secret = true; };
inline constexpr auto needs_restart = [](auto& field) { field.rules.needs_restart = true; };
inline constexpr auto only_at_top = [](auto& field) { field.rules.only_at_top = true; };
inline constexpr auto inherited = [](auto& field) { field.rules.inherited = true; };

}  // namespace minato::schema
