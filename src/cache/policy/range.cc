#include "cache/policy/range.h"

#include <algorithm>

#include "http/date.h"
#include "http/tokens.h"

namespace minato::cache {
namespace {

using http::FieldId;
using Kind = Selection::Kind;

constexpr std::string_view unit = "bytes";

/// One range-spec (RFC 9110 14.1.1): `1-2`, `1-` or `-2`. `first` is nullopt for a suffix.
struct Spec {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
};

/// nullopt for what is no number; one that is too large is the largest.
std::optional<std::uint64_t> parse_position(std::string_view digits) {
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  return parse_number<std::uint64_t>(digits).value_or(~std::uint64_t{0});
}

std::optional<Spec> parse_spec(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  Spec spec{parse_position(text.substr(0, dash)), parse_position(text.substr(dash + 1))};
  if ((dash > 0) != spec.first.has_value()) return std::nullopt;
  if ((dash + 1 < text.size()) != spec.last.has_value()) return std::nullopt;
  if (!spec.first && !spec.last) return std::nullopt;
  if (spec.first && spec.last && *spec.last < *spec.first) return std::nullopt;
  return spec;
}

/// What of it is in a content of `size` bytes.
std::optional<ByteRange> resolve(const Spec& spec, std::uint64_t size) {
  if (size == 0) return std::nullopt;
  if (!spec.first) {
    if (*spec.last == 0) return std::nullopt;
    return ByteRange{size - std::min(size, *spec.last), size - 1};
  }
  if (*spec.first >= size) return std::nullopt;
  return ByteRange{*spec.first, std::min(spec.last.value_or(size - 1), size - 1)};
}

std::string_view value_of(std::span<const http::Field> lines, FieldId id) {
  const auto line = std::ranges::find(lines, id, &http::Field::id);
  return line == lines.end() ? std::string_view{} : line->value;
}

bool overlap(const std::vector<ByteRange>& ranges) {
  auto sorted = ranges;
  std::ranges::sort(sorted, {}, &ByteRange::first);
  return std::ranges::adjacent_find(sorted, [](const ByteRange& a, const ByteRange& b) {
           return b.first <= a.last;
         }) != sorted.end();
}

/// Of nothing a suffix is all there is (RFC 9110 14.1.2), though no Content-Range can say so.
bool is_whole_of_nothing(const std::vector<Spec>& specs, std::uint64_t size) {
  return size == 0 &&
         std::ranges::any_of(specs, [](const Spec& spec) { return !spec.first && *spec.last > 0; });
}

/// The ranges of a set, or nothing where one of them is no range.
std::optional<std::vector<Spec>> parse_set(std::string_view set) {
  std::vector<Spec> specs;
  http::ListElements elements(set);
  while (const auto element = elements.next()) {
    const auto spec = parse_spec(*element);
    if (!spec || specs.size() == ranges_max) return std::nullopt;
    specs.push_back(*spec);
  }
  if (specs.empty()) return std::nullopt;
  return specs;
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view value) {
  const auto unit_name = take_until(value, ' ');
  if (!iequals(unit_name, unit)) return std::nullopt;
  const auto range = take_until(value, '/');
  const auto spec = parse_spec(range);
  if (!spec || !spec->first || !spec->last) return std::nullopt;
  ContentRange content{{*spec->first, *spec->last}, std::nullopt};
  if (value == "*") return content;
  content.complete = parse_position(value);
  if (!content.complete || *content.complete <= content.range.last) return std::nullopt;
  return content;
}

Selection select_ranges(std::string_view value, std::uint64_t size) {
  const auto unit_name = trim(take_until(value, '='));
  if (!iequals(unit_name, unit)) return {};
  const auto specs = parse_set(value);
  if (!specs || is_whole_of_nothing(*specs, size)) return {};
  Selection selection{Kind::ranges, {}};
  for (const Spec& spec : *specs)
    if (const auto range = resolve(spec, size)) selection.ranges.push_back(*range);
  if (selection.ranges.empty()) selection.kind = Kind::unsatisfiable;
  if (overlap(selection.ranges)) return {};
  return selection;
}

std::optional<Selection> selection_of(std::string_view range, const ContentRange& part) {
  auto selection = select_ranges(range, part.complete.value_or(part.range.last + 1));
  if (selection.kind == Kind::whole) return std::nullopt;
  const auto is_inside = [&part](const ByteRange& wanted) { return is_within(wanted, part.range); };
  if (!std::ranges::all_of(selection.ranges, is_inside)) return std::nullopt;
  // Of a whole of unknown size, only what means the same however large that is.
  const bool depends = !part.complete && (selection.ranges.empty() ||
                                          selection.ranges != select_ranges(range, ~0ull).ranges);
  return depends ? std::nullopt : std::optional(std::move(selection));
}

bool answers(std::string_view range, const ContentRange& part) {
  const auto selection = select_ranges(range, part.complete.value_or(part.range.last + 1));
  return selection.kind == Kind::ranges && selection.ranges.size() == 1 &&
         is_within(selection.ranges.front(), part.range);
}

bool if_range_holds(const http::Fields& request, std::span<const http::Field> stored) {
  const auto lines = request.count_of(FieldId::if_range);
  if (lines == 0) return true;
  const auto if_range = request.value(FieldId::if_range);
  if (lines > 1 || if_range.empty()) return false;
  if (if_range.front() == '"') return if_range == value_of(stored, FieldId::etag);  // strong alone
  // A date is strong where the content cannot have changed twice in its second (RFC 9110 8.8.2.2).
  const auto modified = value_of(stored, FieldId::last_modified);
  if (modified != if_range) return false;
  const auto now = http::FieldDate{};
  const auto changed = http::parse_date(modified, now);
  const auto answered = http::parse_date(value_of(stored, FieldId::date), now);
  return changed && answered && *answered - *changed >= Seconds(60);
}

}  // namespace minato::cache
