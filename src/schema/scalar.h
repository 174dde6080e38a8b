// One value under the rules of its field: read, described, shown.
#pragma once

#include "schema/kinds.h"
#include "schema/problem.h"

namespace minato::schema {

template <class V>
concept Enumeration = std::is_enum_v<V>;

namespace detail {
std::vector<std::string_view> names_of(std::span<const Choice> words);
/// The word that `text` is, or nullptr.
const Choice* find_word(std::span<const Choice> words, std::string_view text);
Rejection no_such_choice(std::string_view text, const std::vector<std::string_view>& names);
Parsed<std::string> parse_text(std::string_view text, const Rules<std::string>& rules);
std::string describe_text(const Rules<std::string>& rules);

template <Enumeration E>
std::vector<std::string_view> names_of_enumeration() {
  std::vector<std::string_view> names;
  for (const auto& row : choices<E>) names.push_back(row.name);
  return names;
}

template <Enumeration E>
Parsed<E> parse_choice(std::string_view text) {
  for (const auto& row : choices<E>)
    if (same_word(text, row.name)) return row.value;
  return std::unexpected(no_such_choice(text, names_of_enumeration<E>()));
}

template <class V>
std::optional<Rejection> check_range(const V& value, std::string_view text, const Rules<V>& rules) {
  if (!rules.range.set) return std::nullopt;
  if (!rules.zero_means.empty() && value == V{}) return std::nullopt;
  if (value < rules.range.low) return Rejection{in_quotes(text) + " is too small", {}, {}};
  if (value > rules.range.high) return Rejection{in_quotes(text) + " is too large", {}, {}};
  return std::nullopt;
}

template <class V>
std::string describe_range(const Rules<V>& rules) {
  if constexpr (std::is_trivially_copyable_v<V>)
    if (rules.range.set)
      return " from " + Kind<V>::show(rules.range.low) + " to " + Kind<V>::show(rules.range.high);
  if constexpr (std::unsigned_integral<V> && !std::is_same_v<V, bool>)
    return " up to " + Kind<V>::show(static_cast<V>(-1));
  return "";
}
}  // namespace detail

/// Whether to say how a duration or size is written, or leave that to the reader.
enum class Wording : std::uint8_t { full, brief };

/// How the values that `rules` allow are written: for messages and the reference page.
template <class V>
std::string describe(const Rules<V>& rules, Wording wording = Wording::full) {
  if constexpr (Enumeration<V>) {
    return alternatives(detail::names_of_enumeration<V>());
  } else if constexpr (std::is_same_v<V, std::string>) {
    return detail::describe_text(rules);
  } else {
    const bool brief = wording == Wording::brief && rules.range.set;
    std::string out(brief ? Kind<V>::what : Kind<V>::form);
    out += detail::describe_range(rules);
    if (!rules.zero_means.empty()) out += ", or 0 (" + std::string(rules.zero_means) + ")";
    if (!rules.zero_word.empty()) out += ", or " + std::string(rules.zero_word);
    return out;
  }
}

/// The value that `text` stands for under `rules`, or what is wrong and what is allowed.
template <class V>
Parsed<V> parse_value(std::string_view text, const Rules<V>& rules) {
  const auto parsed = [&]() -> Parsed<V> {
    if constexpr (Enumeration<V>) {
      return detail::parse_choice<V>(text);
    } else if constexpr (std::is_same_v<V, std::string>) {
      return detail::parse_text(text, rules);
    } else {
      if (!rules.zero_word.empty() && same_word(text, rules.zero_word)) return V{};
      auto value = Kind<V>::parse(text);
      if constexpr (std::is_trivially_copyable_v<V>)
        if (value)
          if (auto wrong = detail::check_range(*value, text, rules))
            return std::unexpected(*std::move(wrong));
      if (!value && value.error().found.empty())
        value.error().found = in_quotes(text) + " is not a " + std::string(Kind<V>::what);
      return value;
    }
  };
  auto result = parsed();
  if (!result && result.error().allowed.empty())
    result.error().allowed = "allowed: " + describe(rules);
  return result;
}

/// Text that reads back as the same value.
template <class V>
std::string show_value(const V& value, const Rules<V>& rules) {
  if constexpr (Enumeration<V>) {
    for (const auto& row : choices<V>)
      if (row.value == value) return std::string(row.name);
    return "";
  } else {
    if constexpr (std::is_trivially_copyable_v<V>)
      if (!rules.zero_word.empty() && value == V{}) return std::string(rules.zero_word);
    return Kind<V>::show(value);
  }
}

}  // namespace minato::schema
