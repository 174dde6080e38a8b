// What of a query is part of a key, held against a naive reading of the rules. Of the input, the
// first line says which rules there are, the second is the query.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/strings.h"
#include "cache/key_rules.h"
#include "support.h"

using namespace minato;

namespace {

using Strings = std::vector<std::string>;

/// The name of a parameter, and all of it.
struct Parameter {
  std::string name;
  std::string text;
};

std::vector<Parameter> parameters_of(std::string_view query) {
  std::vector<Parameter> all;
  while (!query.empty()) {
    const std::string text(take_until(query, '&'));
    if (!text.empty()) all.push_back({text.substr(0, text.find('=')), text});
  }
  return all;
}

std::string folded(std::string name) {
  for (char& c : name) c = c == '.' ? '_' : to_lower(c);
  return name;
}

/// No origin could take it for another.
bool is_plain(const Parameter& parameter) {
  const char* const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  return !parameter.name.empty() && parameter.name.find_first_not_of(plain) == std::string::npos &&
         parameter.text.find(';') == std::string::npos;
}

bool fits_any(const Strings& patterns, const std::string& name, bool folds) {
  return std::ranges::any_of(patterns, [&](std::string pattern) {
    std::string given = name;
    if (folds) pattern = folded(pattern), given = folded(given);
    if (!pattern.ends_with('*')) return pattern == given;
    return given.starts_with(pattern.substr(0, pattern.size() - 1));
  });
}

std::string expected_of(const cache::QueryKeyOptions& options, std::string_view query) {
  const bool any = options.sort || !options.ignore.empty() || !options.only.empty();
  if (!any) return std::string(query);
  if (std::ranges::find(options.ignore, "*") != options.ignore.end()) return "";
  if (std::ranges::count(query, '&') >= 100) return std::string(query);
  auto kept = parameters_of(query);
  std::erase_if(kept, [&](const Parameter& one) {
    const bool out = options.only.empty() ? fits_any(options.ignore, one.name, false)
                                          : !fits_any(options.only, one.name, true);
    return out && is_plain(one);
  });
  if (options.sort && std::ranges::all_of(kept, is_plain)) {
    std::multimap<std::string, Parameter> sorted;  // equal ones stay in order
    for (const Parameter& one : kept) sorted.emplace(folded(one.name), one);
    kept.clear();
    for (const auto& [name, one] : sorted) kept.push_back(one);
  }
  std::string text;
  for (const Parameter& one : kept) text += (text.empty() ? "" : "&") + one.text;
  return text;
}

/// `-a,b` ignores a and b, `+a,b` knows them alone; a slash at the end sorts.
cache::QueryKeyOptions options_of(std::string_view line) {
  cache::QueryKeyOptions options;
  options.sort = line.ends_with('/');
  if (options.sort) line.remove_suffix(1);
  const bool only = line.starts_with('+');
  if (!line.empty()) line.remove_prefix(1);
  while (!line.empty())
    if (const auto name = take_until(line, ','); !name.empty())
      (only ? options.only : options.ignore).emplace_back(name);
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view query = fuzz::text(data, size);
  const cache::QueryKeyOptions options = options_of(take_until(query, '\n'));
  const auto are_names = [](const Strings& names) {
    return std::ranges::none_of(
        names, [](const auto& name) { return cache::check_parameter(name).has_value(); });
  };
  if (!are_names(options.ignore) || !are_names(options.only)) return 0;
  BlockPool pool;
  Arena arena(pool);
  const cache::KeyRules rules({.query = options, .headers = {}, .cookies = {}});
  const auto found = rules.query(query, arena);
  fuzz::require_same(found, expected_of(options, query));
  fuzz::require_same(rules.query(found, arena), found);
  return 0;
}
