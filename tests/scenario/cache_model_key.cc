// What tells responses apart, in the model.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

#include "scenario/cache_model.h"

namespace minato::scenario {
namespace {

std::vector<std::string> parameters_of(const std::string& query) {
  std::vector<std::string> all;
  for (std::size_t at = 1; at <= query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    if (end > at) all.push_back(query.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

std::string name_of(const std::string& parameter) {
  return parameter.substr(0, parameter.find('='));
}

/// Nobody takes it for another one.
bool is_plain(const std::string& parameter) {
  constexpr auto* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  const std::string name = name_of(parameter);
  return !name.empty() && name.find_first_not_of(plain) == name.npos && !parameter.contains(';');
}

/// What some origins take for the same.
std::string folded(std::string name) {
  std::ranges::replace(name, '.', '_');
  return lowered(std::move(name));
}

bool fits(const std::string& pattern, const std::string& name) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

bool CacheModel::counts(const std::string& parameter) const {
  const std::string name = name_of(parameter);
  if (!is_plain(parameter)) return true;
  const auto is_named = [&](const std::string& one) { return fits(folded(one), folded(name)); };
  if (!rules_.query_only.empty()) return std::ranges::any_of(rules_.query_only, is_named);
  return std::ranges::none_of(rules_.query_ignore,
                              [&](const std::string& one) { return fits(one, name); });
}

std::string CacheModel::keyed(const std::string& query) const {
  const bool has_rules =
      rules_.query_sort || !rules_.query_only.empty() || !rules_.query_ignore.empty();
  if (!has_rules) return query;
  if (std::ranges::count(rules_.query_ignore, "*") > 0) return "";
  auto parameters = parameters_of(query);
  std::erase_if(parameters, [&](const std::string& one) { return !counts(one); });
  if (rules_.query_sort && std::ranges::all_of(parameters, is_plain)) {
    std::multimap<std::string, std::string> sorted;  // those of one name stay in their order
    for (const std::string& one : parameters) sorted.emplace(folded(name_of(one)), one);
    std::ranges::copy(sorted | std::views::values, parameters.begin());
  }
  return parameters.empty() ? "" : fmt::format("?{}", fmt::join(parameters, "&"));
}

Lines CacheModel::key_of(const PlainRequest& request) const {
  Lines key;
  for (const std::string& name : rules_.key_headers)
    for (const auto& line : spellings_of(request.fields, name)) key.push_back(line);
  for (const std::string& name : rules_.key_cookies)
    for (const std::string& value : cookies_of(request.fields, name))
      key.emplace_back("cookie " + name, value);
  return key;
}

}  // namespace minato::scenario
