#include "http/weight.h"

#include <algorithm>

#include "base/strings.h"

namespace minato::http {
namespace {

std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = (text[0] - '0') * weight_max;
  int place = weight_max / 10;
  for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (!is_digit(c)) return std::nullopt;
    weight += (c - '0') * place;
    place /= 10;
  }
  return weight <= weight_max ? std::optional(weight) : std::nullopt;
}

}  // namespace

std::optional<int> weight_of(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    const auto parameter = trim(take_until(parameters, ';'));
    if (parameter.size() >= 2 && to_lower(parameter[0]) == 'q' && parameter[1] == '=')
      return parse_weight(parameter.substr(2));
  }
  return weight_max;
}

}  // namespace minato::http
