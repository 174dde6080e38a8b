#include "schema/scalar.h"

#include "schema/nearest.h"

namespace minato::schema::detail {

std::vector<std::string_view> names_of(std::span<const Choice> words) {
  std::vector<std::string_view> names;
  for (const Choice& word : words) names.push_back(word.name);
  return names;
}

const Choice* find_word(std::span<const Choice> words, std::string_view text) {
  for (const Choice& word : words)
    if (same_word(text, word.name)) return &word;
  return nullptr;
}

Rejection no_such_choice(std::string_view text, const std::vector<std::string_view>& names) {
  return {in_quotes(text) + " is none of the choices", {}, std::string(nearest(text, names))};
}

Parsed<std::string> parse_text(std::string_view text, const Rules<std::string>& rules) {
  if (const Choice* const word = find_word(rules.words, text)) return std::string(word->name);
  if (rules.only_words) return std::unexpected(no_such_choice(text, names_of(rules.words)));
  if (rules.check == nullptr) return std::string(text);
  auto wrong = rules.check(text);
  if (!wrong) return std::string(text);
  if (wrong->found.empty()) wrong->found = in_quotes(text) + " does not fit";
  if (wrong->suggestion.empty()) wrong->suggestion = nearest(text, names_of(rules.words));
  return std::unexpected(*std::move(wrong));
}

std::string describe_text(const Rules<std::string>& rules) {
  auto names = names_of(rules.words);
  if (!rules.allowed.empty()) names.push_back(rules.allowed);
  if (names.empty()) return "text";
  return alternatives(names);
}

}  // namespace minato::schema::detail
