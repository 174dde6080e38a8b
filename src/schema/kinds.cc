#include "schema/kinds.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <span>

#include "base/strings.h"
#include "schema/problem.h"

namespace minato::schema {
namespace {

std::unexpected<Rejection> not_understood() { return std::unexpected(Rejection{}); }
std::unexpected<Rejection> rejected(std::string_view text, std::string_view why,
                                    std::string suggestion = {}) {
  return std::unexpected(
      Rejection{in_quotes(text) + " " + std::string(why), {}, std::move(suggestion)});
}

/// A unit, what it is worth, and what people write for it elsewhere: suggested, never guessed.
struct Unit {
  std::string_view name;
  std::uint64_t factor;
  std::string_view elsewhere = {};
};

constexpr std::array duration_units{
    Unit{"ms", 1, "msec"},        Unit{"s", 1'000, "sec"},      Unit{"m", 60'000, "min"},
    Unit{"h", 3'600'000, "hour"}, Unit{"d", 86'400'000, "day"},
};
/// Days are read alone: bounds in hours are easier to compare.
constexpr std::span shown_duration_units = std::span(duration_units).first<4>();
constexpr std::array size_units{
    Unit{"B", 1},
    Unit{"KiB", 1u << 10, "k"},
    Unit{"MiB", 1u << 20, "m"},
    Unit{"GiB", 1u << 30, "g"},
    Unit{"TiB", 1ull << 40, "t"},
    Unit{"KB", 1'000},
    Unit{"MB", 1'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"TB", 1'000'000'000'000},
};
constexpr std::array rate_units{
    Unit{"s", 1, "sec"},
    Unit{"m", 60, "min"},
    Unit{"h", 3'600, "hour"},
};

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units)
    if (iequals(unit.name, name)) return &unit;
  return nullptr;
}

/// `10sec` becomes `10s`, where that is what was meant.
std::string with_our_unit(std::span<const Unit> units, std::string_view digits,
                          std::string_view name) {
  if (name.size() > 1 && to_lower(name.back()) == 's') name.remove_suffix(1);
  for (const Unit& unit : units)
    if (iequals(unit.elsewhere, name)) return std::string(digits) + std::string(unit.name);
  return {};
}

/// A number with one of `units`, multiplied out; `bare` is what a number without one counts.
Parsed<std::uint64_t> parse_amount(std::string_view text, std::span<const Unit> units,
                                   std::uint64_t bare, std::uint64_t max) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  const auto digits = text.substr(0, end);
  const auto name = trim(text.substr(end));
  if (digits.empty()) return not_understood();
  std::uint64_t factor = bare;
  if (!name.empty()) {
    const Unit* const unit = find_unit(units, name);
    if (unit == nullptr)
      return std::unexpected(Rejection{{}, {}, with_our_unit(units, digits, name)});
    factor = unit->factor;
  }
  const auto number = parse_number<std::uint64_t>(digits);
  if (!number || *number > max / factor) return rejected(text, "is too large");
  return *number * factor;
}

/// Where the first digit behind a letter stands: the next part of `1h30m`.
std::size_t end_of_part(std::string_view text) {
  const auto unit = std::min(text.find_first_not_of("0123456789"), text.size());
  return std::min(text.find_first_of("0123456789", unit), text.size());
}

/// `1h30m`: several parts, the larger units first, as Go and others write durations.
Parsed<std::uint64_t> parse_sum(std::string_view text, std::uint64_t max) {
  std::uint64_t sum = 0, last = max;
  for (std::string_view rest = text; !rest.empty();) {
    const auto part = rest.substr(0, end_of_part(rest));
    rest.remove_prefix(part.size());
    const auto digits = part.substr(0, part.find_first_not_of("0123456789"));
    const Unit* const unit = find_unit(duration_units, trim(part.substr(digits.size())));
    if (digits.empty() || unit == nullptr || unit->factor >= last) return not_understood();
    last = unit->factor;
    const auto number = parse_number<std::uint64_t>(digits);
    if (!number || *number > (max - sum) / unit->factor) return rejected(text, "is too large");
    sum += *number * unit->factor;
  }
  return sum;
}

/// `1.5h` becomes `90m`, where that is all of it.
std::string without_fraction(std::string_view text) {
  constexpr std::uint64_t whole_max = 100'000;  // so that nothing below overflows
  constexpr std::size_t decimals_max = 3;
  const auto whole = parse_number<std::uint64_t>(take_until(text, '.'));
  const auto decimals = text.substr(0, text.find_first_not_of("0123456789"));
  const auto name = trim(text.substr(decimals.size()));
  const auto fraction = parse_number<std::uint64_t>(decimals);
  const Unit* const unit = find_unit(duration_units, name.empty() ? "s" : name);
  if (!whole || !fraction || unit == nullptr) return {};
  if (*whole > whole_max || decimals.size() > decimals_max) return {};
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i < decimals.size(); ++i) scale *= 10;
  const std::uint64_t scaled = (*whole * scale + *fraction) * unit->factor;
  if (scaled % scale != 0) return {};
  return Kind<Millis>::show(Millis(static_cast<Millis::rep>(scaled / scale)));
}

std::string show_amount(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units)
    if (value % unit.factor == 0 && unit.factor > best->factor) best = &unit;
  return fmt::format("{}{}", value / best->factor, best->name);
}

std::optional<std::uint16_t> status(std::string_view text) {
  const auto number = parse_number<std::uint16_t>(text);
  return number && *number >= 100 && *number <= 599 ? number : std::nullopt;
}

/// The first status of `5xx`.
std::optional<std::uint16_t> class_of_statuses(std::string_view text) {
  const bool fits =
      text.size() == 3 && iequals(text.substr(1), "xx") && text[0] >= '1' && text[0] <= '5';
  if (!fits) return std::nullopt;
  return static_cast<std::uint16_t>((text[0] - '0') * 100);
}

}  // namespace

Parsed<bool> Kind<bool>::parse(std::string_view text) {
  for (const std::string_view yes : {"true", "yes", "on", "y"})
    if (iequals(text, yes)) return true;
  for (const std::string_view no : {"false", "no", "off", "n"})
    if (iequals(text, no)) return false;
  return not_understood();
}

Parsed<std::uint64_t> parse_count(std::string_view text, std::uint64_t max) {
  const auto digits = text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return not_understood();
  if (text.starts_with('-')) return rejected(text, "is too small");
  const auto number = parse_number<std::uint64_t>(digits);
  if (!number || *number > max) return rejected(text, "is too large");
  return *number;
}

Parsed<Millis> Kind<Millis>::parse(std::string_view text) {
  constexpr std::uint64_t max = 1ull << 43;  // so that it fits into nanoseconds; beyond every bound
  if (text.contains('.')) return std::unexpected(Rejection{{}, {}, without_fraction(text)});
  const bool has_parts = end_of_part(text) < text.size();
  const auto count =
      has_parts ? parse_sum(text, max) : parse_amount(text, duration_units, 1'000, max);
  if (!count) return std::unexpected(count.error());
  return Millis(static_cast<Millis::rep>(*count));
}

std::string Kind<Millis>::show(Millis value) {
  return value == Millis::zero()
             ? "0s"
             : show_amount(static_cast<std::uint64_t>(value.count()), shown_duration_units);
}

Parsed<Bytes> Kind<Bytes>::parse(std::string_view text) {
  const auto count = parse_amount(text, size_units, 1, std::numeric_limits<std::uint64_t>::max());
  if (!count) return std::unexpected(count.error());
  return Bytes{*count};
}

std::string Kind<Bytes>::show(Bytes value) {
  if (value.count == 0) return "0";
  const std::string text = show_amount(value.count, size_units);
  return value.count < 1'000 ? std::to_string(value.count) : text;
}

Parsed<Rate> Kind<Rate>::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return not_understood();
  const auto count = trim(text.substr(0, slash));
  const auto name = trim(text.substr(slash + 1));
  const auto number = parse_number<std::uint64_t>(count);
  if (!number) return not_understood();
  const Unit* const unit = find_unit(rate_units, name);
  if (unit == nullptr)
    return std::unexpected(
        Rejection{{}, {}, with_our_unit(rate_units, std::string(count) + "/", name)});
  return Rate{*number, Seconds(static_cast<Seconds::rep>(unit->factor))};
}

std::string Kind<Rate>::show(Rate value) {
  const auto per = static_cast<std::uint64_t>(value.per.count());
  for (const Unit& unit : rate_units)
    if (unit.factor == per) return fmt::format("{}/{}", value.count, unit.name);
  return fmt::format("{}/{}s", value.count, per);
}

Parsed<StatusRange> Kind<StatusRange>::parse(std::string_view text) {
  if (const auto hundred = class_of_statuses(text))
    return StatusRange{*hundred, static_cast<std::uint16_t>(*hundred + 99)};
  const auto dash = text.find('-');
  const auto first = status(trim(text.substr(0, dash)));
  const auto last = dash == std::string_view::npos ? first : status(trim(text.substr(dash + 1)));
  if (!first || !last) return not_understood();
  if (*last < *first)
    return rejected(text, "ends before it begins", fmt::format("{}-{}", *last, *first));
  return StatusRange{*first, *last};
}

std::string Kind<StatusRange>::show(StatusRange value) {
  return value.first == value.last ? fmt::format("{}", value.first)
                                   : fmt::format("{}-{}", value.first, value.last);
}

Parsed<StatusOrClass> Kind<StatusOrClass>::parse(std::string_view text) {
  if (const auto hundred = class_of_statuses(text)) return StatusOrClass::of_class(*hundred);
  const auto one = status(text);
  if (!one) return not_understood();
  return StatusOrClass{*one, *one};
}

std::string Kind<StatusOrClass>::show(StatusOrClass value) {
  return value.is_class() ? fmt::format("{}xx", value.first / 100) : fmt::format("{}", value.first);
}

bool same_word(std::string_view text, std::string_view name) {
  const auto skip = [](std::string_view& s) {
    while (!s.empty() && (s.front() == '_' || s.front() == '-' || s.front() == ' '))
      s.remove_prefix(1);
  };
  for (;;) {
    skip(text);
    skip(name);
    if (text.empty() || name.empty()) return text.empty() && name.empty();
    if (to_lower(text.front()) != to_lower(name.front())) return false;
    text.remove_prefix(1);
    name.remove_prefix(1);
  }
}

}  // namespace minato::schema
