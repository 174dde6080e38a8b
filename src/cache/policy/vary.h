// Which of several stored responses of one target a request selects (RFC 9111 4.1).
//
// Fields are compared by what they mean, as far as that is known: weights and the order of equal
// ones in Accept-Encoding and Accept-Language, white space around commas in all others but those
// that are no lists, which are compared letter by letter and line by line. An origin that gets them
// as variables (CGI, WSGI) may take X_A for X-A, and so it counts, too.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "http/fields.h"

namespace minato::cache {

/// As many alternatives are put in order by their weights; in a longer list the order counts.
inline constexpr std::size_t alternatives_max = 32;

/// The names that Vary lists, in lower case, sorted, each once, joined with commas; empty where
/// there is no Vary. Members that are no names are left out: they, and `*`, keep a response from
/// being stored.
std::string vary_names(const http::Fields& response);

/// What `request` says in the fields of `names` (as `vary_names` made them): equal texts select
/// each other. Lives in the arena of `request`.
std::string_view variant_key(std::string_view names, const http::Fields& request);

/// Before each line in a variant that is only spelled much like a field of Vary.
inline constexpr std::string_view other_spelling = "\r";

/// What `variant_key` put together, to be read: calls `visit(name, value)` for each of `names`; a
/// field that the request did not have has no value. So it does for those that may be taken for it.
template <class Visit>
void for_each_selecting(std::string_view names, std::string_view variant, Visit visit) {
  while (!names.empty()) {
    const auto name = take_until(names, ',');
    auto others = take_until(variant, '\n');
    const auto said = take_until(others, other_spelling.front());
    visit(name, said.empty() ? std::nullopt : std::optional(said.substr(1)));
    while (!others.empty()) {
      auto value = take_until(others, other_spelling.front());
      const auto spelled = take_until(value, ':');
      visit(spelled, std::optional(value));
    }
  }
}

/// The value of one field in its normal form.
std::string_view normal_value(std::string_view name, std::string_view value, Arena& arena);

}  // namespace minato::cache
