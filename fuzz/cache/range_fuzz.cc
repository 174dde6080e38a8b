// Range and Content-Range. The input is the size of the content, a Range, and a Content-Range, a
// line each. A plain second reading selects the same, and nothing outside of the content is given.
#include "cache/policy/range.h"

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "support.h"

using namespace minato;
using cache::ByteRange;
using cache::Selection;
using Kind = cache::Selection::Kind;

namespace {

/// Wide enough to calculate with what fits 64 bits.
using Wide = __int128;
constexpr Wide endless = ~std::uint64_t{0};

struct Number {
  bool good = false;
  Wide value = 0;
};
Number plain_number(std::string_view digits) {
  Number number{.good = !digits.empty()};
  for (const char c : digits) {
    if (c < '0' || c > '9') return {};
    number.value = std::min<Wide>(number.value * 10 + (c - '0'), endless);
  }
  return number;
}

/// One range-spec; false where it is none (RFC 9110 14.1.1).
bool select_plainly(std::string_view spec, Wide size, std::vector<ByteRange>& into) {
  const auto dash = spec.find('-');
  if (dash == spec.npos) return false;
  const auto left = spec.substr(0, dash), right = spec.substr(dash + 1);
  const Number first = plain_number(left), last = plain_number(right);
  const bool suffix = left.empty();
  if ((!suffix && !first.good) || ((suffix || !right.empty()) && !last.good)) return false;
  if (!suffix && !right.empty() && last.value < first.value) return false;
  const Wide from = suffix ? std::max<Wide>(0, size - last.value) : first.value;
  const Wide to = suffix || right.empty() ? size - 1 : std::min<Wide>(last.value, size - 1);
  if (from <= to)
    into.push_back({static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(to)});
  return true;
}

bool any_overlap(const std::vector<ByteRange>& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (ranges[i].first <= ranges[j].last && ranges[j].first <= ranges[i].last) return true;
  return false;
}

/// RFC 9110 14.2 of a text without quotes.
Selection plain_selection(std::string_view value, std::uint64_t size) {
  if (!iequals(trim(take_until(value, '=')), "bytes")) return {};
  Selection selection{Kind::ranges, {}};
  std::size_t specs = 0;
  bool all_of_nothing = false;  // RFC 9110 14.1.2
  while (!value.empty()) {
    const auto spec = trim(take_until(value, ','));
    if (spec.empty()) continue;
    if (!select_plainly(spec, size, selection.ranges)) return {};
    all_of_nothing |= size == 0 && spec.front() == '-' && plain_number(spec.substr(1)).value > 0;
    ++specs;
  }
  if (all_of_nothing) return {};
  if (specs == 0 || specs > cache::ranges_max || any_overlap(selection.ranges)) return {};
  if (selection.ranges.empty()) selection.kind = Kind::unsatisfiable;
  return selection;
}

void check_selection(std::string_view value, std::uint64_t size) {
  const Selection selection = cache::select_ranges(value, size);
  const auto& ranges = selection.ranges;
  fuzz::require((selection.kind == Kind::ranges) == !ranges.empty(), "ranges where it says so");
  fuzz::require(ranges.size() <= cache::ranges_max, "not too many");
  fuzz::require(!any_overlap(ranges), "none twice");
  for (const ByteRange& range : ranges)
    fuzz::require(range.first <= range.last && range.last < size, "inside of the content");
  if (value.contains('"')) return;
  const Selection plain = plain_selection(value, size);
  fuzz::require(plain.kind == selection.kind && plain.ranges == ranges,
                "a plain reading selects the same");
}

void check_part(std::string_view range, std::string_view content_range) {
  const auto part = cache::parse_content_range(content_range);
  if (!part) return;
  fuzz::require(part->range.first <= part->range.last, "a part has bytes");
  fuzz::require(!part->complete || part->range.last < *part->complete, "and lies in the whole");
  if (!cache::answers(range, *part)) return;
  const auto complete = part->complete.value_or(part->range.last + 1);
  const Selection selection = cache::select_ranges(range, complete);
  fuzz::require(selection.ranges.size() == 1, "a part answers one range");
  fuzz::require(cache::is_within(selection.ranges.front(), part->range), "that is in it");
  if (!part->complete) return;
  const auto within = cache::selection_of(range, *part);
  fuzz::require(within && within->ranges == selection.ranges,
                "and is what the whole would have given");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  const auto content = static_cast<std::uint64_t>(plain_number(take_until(rest, '\n')).value);
  const auto range = take_until(rest, '\n');
  check_selection(range, content);
  check_part(range, take_until(rest, '\n'));
  return 0;
}
