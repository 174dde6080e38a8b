// Structured Fields: a dictionary is the same once written anew, whatever stood around it.
#include "http/structured_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "support.h"

using namespace minato;
using http::SfMember;
using http::SfValue;
using Kind = SfValue::Kind;

namespace {

using Dictionary = std::optional<std::vector<SfMember>>;

std::string decimal(std::int64_t thousandths) {
  const auto absolute = std::abs(thousandths);
  return fmt::format("{}{}.{:03}", thousandths < 0 ? "-" : "", absolute / 1000, absolute % 1000);
}

/// RFC 9651 4.1.3.
std::string written(const SfValue& value) {
  switch (value.kind) {
    case Kind::integer: return fmt::to_string(value.integer);
    case Kind::decimal: return decimal(value.integer);
    case Kind::string: return fmt::format("\"{}\"", value.text);
    case Kind::token: return std::string(value.text);
    case Kind::binary: return fmt::format(":{}:", value.text);
    case Kind::boolean: return value.boolean ? "?1" : "?0";
    case Kind::date: return fmt::format("@{}", value.integer);
    case Kind::display_string: return fmt::format("%\"{}\"", value.text);
    case Kind::inner_list: return fmt::format("({})", value.text);
  }
  return {};
}

bool same(const SfMember& a, const SfMember& b) {
  return a.key == b.key && a.value.kind == b.value.kind && a.value.boolean == b.value.boolean &&
         a.value.integer == b.value.integer && a.value.text == b.value.text;
}

void require_same(const Dictionary& found, const Dictionary& expected, std::string_view what) {
  fuzz::require(found.has_value() == expected.has_value(), what);
  if (found) fuzz::require(std::ranges::equal(*found, *expected, same), what);
}

void check_keys(const std::vector<SfMember>& members) {
  for (const SfMember& member : members) {
    const bool begins_well =
        member.key.starts_with('*') || (member.key.front() >= 'a' && member.key.front() <= 'z');
    fuzz::require(begins_well, "a key is one");
    fuzz::require(std::ranges::count(members, member.key, &SfMember::key) == 1, "each key once");
  }
}

void check_around(const std::string& text, const Dictionary& parsed) {
  require_same(http::parse_sf_dictionary("  " + text), parsed, "spaces in front change nothing");
  fuzz::require(!http::parse_sf_dictionary(text + ","), "a comma wants a member behind it");
  if (!parsed || parsed->empty()) return;
  require_same(http::parse_sf_dictionary(text + "  "), parsed, "nor do those behind");
  if (std::ranges::count(text, ',') > 500) return;  // twice that may be more than are read
  const std::string twice = text + "\t,\t" + text;
  require_same(http::parse_sf_dictionary(twice), parsed, "the last value of a key counts");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(fuzz::text(data, size));
  const auto parsed = http::parse_sf_dictionary(text);
  check_around(text, parsed);
  if (!parsed) return 0;
  check_keys(*parsed);
  std::string anew;
  for (const SfMember& member : *parsed)
    anew += fmt::format("{}{}={}", anew.empty() ? "" : ", ", member.key, written(member.value));
  require_same(http::parse_sf_dictionary(anew), parsed, "written anew it is the same");
  return 0;
}
