#include "cache/policy/vary.h"

#include <algorithm>
#include <vector>

#include "http/tokens.h"
#include "http/weight.h"

namespace minato::cache {
namespace {

using http::ListElements;

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), to_lower);
  return lowered;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += ',';
    text += part;
  }
  return text;
}

/// One element of a list of alternatives, and how much it is wanted.
struct Alternative {
  std::string name;
  int weight;  // thousandths
};

/// `gzip, br;q=0.5`: by falling weight, and by name where that is equal. A weight that is none
/// makes the element unlike any that has one.
std::string normal_alternatives(std::string_view value) {
  std::vector<Alternative> alternatives;
  ListElements elements(value);
  while (auto element = elements.next()) {
    const std::string text = lower(*element);
    const std::string name = lower(trim(take_until(*element, ';')));
    const auto weight = http::weight_of(*element);
    alternatives.push_back({weight ? name : text, weight.value_or(http::weight_max)});
  }
  std::ranges::sort(alternatives, [](const Alternative& a, const Alternative& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.name < b.name;
  });
  std::vector<std::string> parts;
  for (const Alternative& one : alternatives)
    parts.push_back(one.weight == http::weight_max ? one.name
                                                   : one.name + ';' + std::to_string(one.weight));
  return joined(parts);
}

std::string normal_list(std::string_view value) {
  std::vector<std::string> parts;
  ListElements elements(value);
  while (const auto element = elements.next()) parts.emplace_back(*element);
  return joined(parts);
}

/// All lines of that name as one list (RFC 9110 5.3); false where there is none.
bool collect(const http::Fields& fields, std::string_view name, std::string& value) {
  bool any = false;
  fields.for_each([&](const http::Field& line) {
    if (!iequals(line.name, name)) return;
    if (any) value += ',';
    value += line.value;
    any = true;
  });
  return any;
}

}  // namespace

std::string vary_names(const http::Fields& response) {
  std::vector<std::string> names;
  response.for_each([&](const http::Field& line) {
    if (line.id != http::FieldId::vary) return;
    ListElements elements(line.value);
    while (const auto element = elements.next())
      if (http::is_token(*element)) names.push_back(lower(*element));
  });
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return joined(names);
}

std::string normal_value(std::string_view name, std::string_view value) {
  if (iequals(name, "accept-encoding") || iequals(name, "accept-language"))
    return normal_alternatives(value);
  return normal_list(value);
}

std::string variant_key(std::string_view names, const http::Fields& request) {
  std::string key;
  ListElements each(names);
  while (const auto name = each.next()) {
    std::string value;
    // A field that is absent differs from one that is empty. No value has a line feed in it.
    if (collect(request, *name, value)) key += ':' + normal_value(*name, value);
    key += '\n';
  }
  return key;
}

}  // namespace minato::cache
