#include "http/accept.h"

#include <algorithm>
#include <tuple>

#include "http/tokens.h"
#include "http/weight.h"

namespace minato::http {
namespace {

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
    const int q = weight_of(*element).value_or(0);
    text.consider({q, exactness(range, "text/*", "text/plain"), position});
    json.consider({q, exactness(range, "application/*", "application/json"), position});
    problem.consider({q, exactness(range, "application/*", "application/problem+json"), position});
  }
  const auto best = std::max(json.rank(), problem.rank());
  return std::get<0>(best) > 0 && best > text.rank() ? AnswerFormat::json : AnswerFormat::text;
}

}  // namespace minato::http
