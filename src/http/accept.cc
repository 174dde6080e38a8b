#include "http/accept.h"

#include <algorithm>
#include <tuple>

#include "http/tokens.h"

namespace minato::http {
namespace {

constexpr int q_max = 1000;

// qvalue of RFC 9110 12.4.2 in thousandths; 0 where it is malformed.
int parse_q(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int q = (text[0] - '0') * q_max;
  int place = q_max / 10;
  for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (!is_digit(c)) return 0;
    q += (c - '0') * place;
    place /= 10;
  }
  return q <= q_max ? q : 0;
}

// The weight among the parameters of a media range.
int weight(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = trim(take_until(parameters, ';'));
    if (parameter.size() >= 2 && to_lower(parameter[0]) == 'q' && parameter[1] == '=')
      return parse_q(parameter.substr(2));
  }
  return q_max;
}

/// How well a type is liked: the most exact range that matches it decides (12.5.1).
struct Liking {
  int q = 0;
  int exactness = 0;  // 1 for */*, 2 for type/*, 3 for the type itself
  int position = 0;   // earlier is greater

  void consider(Liking other) {
    if (other.exactness > exactness) *this = other;
  }
  auto rank() const { return std::tuple(q, exactness, position); }
};

int exactness(std::string_view range, std::string_view any_of_type, std::string_view type) {
  if (iequals(range, type)) return 3;
  if (iequals(range, any_of_type)) return 2;
  return range == "*/*" ? 1 : 0;
}

}  // namespace

AnswerFormat preferred_format(std::string_view accept) noexcept {
  Liking text, json, problem;
  ListElements elements(accept);
  for (int position = 0; auto element = elements.next(); --position) {
    const auto range = trim(take_until(*element, ';'));
    const int q = weight(*element);
    text.consider({q, exactness(range, "text/*", "text/plain"), position});
    json.consider({q, exactness(range, "application/*", "application/json"), position});
    problem.consider({q, exactness(range, "application/*", "application/problem+json"), position});
  }
  const auto best = std::max(json.rank(), problem.rank());
  return std::get<0>(best) > 0 && best > text.rank() ? AnswerFormat::json : AnswerFormat::text;
}

}  // namespace minato::http
