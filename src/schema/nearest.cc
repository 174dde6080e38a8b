#include "schema/nearest.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/strings.h"

namespace minato::schema {
namespace {

constexpr std::size_t length_max = 64;

/// Lower case, without what may stand between words.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '_' && c != '-' && c != ' ') out += to_lower(c);
  return out;
}

using Row = std::array<unsigned, length_max + 1>;

/// Optimal string alignment; both at most `length_max` long.
unsigned distance(std::string_view a, std::string_view b) {
  Row before{}, above{}, row{};
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<unsigned>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const unsigned replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

}  // namespace

unsigned edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > length_max || b.size() > length_max) return 255;
  return distance(folded(a), folded(b));
}

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& names) {
  std::string_view best;
  unsigned best_distance = 256;
  for (const std::string_view name : names) {
    const auto near_enough = static_cast<unsigned>(std::min(text.size(), name.size()) / 3);
    const unsigned d = edit_distance(text, name);
    if (d > near_enough || d >= best_distance) continue;
    best = name;
    best_distance = d;
  }
  return best;
}

}  // namespace minato::schema
