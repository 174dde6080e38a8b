// Vary and the keys of variants. The first line of the input is Vary, the others are values of one
// field of a request: order, spaces, case and lines make no difference where they mean none.
#include "cache/policy/vary.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "http/tokens.h"
#include "support.h"

using namespace minato;
using http::ListElements;

namespace {

using Strings = std::vector<std::string>;

Strings elements_of(std::string_view list) {
  Strings elements;
  ListElements each(list);
  while (const auto element = each.next()) elements.emplace_back(*element);
  return elements;
}

/// And what is between two commas of it, if only blanks are.
Strings pieces_of(std::string_view list) {
  Strings pieces;
  for (bool more = true; more;) {
    more = list.contains(',');
    pieces.emplace_back(take_until(list, ','));
  }
  return pieces;
}

std::string vary_of(const Strings& lines) {
  BlockPool pool;
  Arena arena(pool);
  http::Fields fields(arena);
  for (const std::string& line : lines) fields.add(http::FieldId::vary, line);
  return cache::vary_names(fields);
}

std::string key_of(std::string_view name, const Strings& lines) {
  BlockPool pool;
  Arena arena(pool);
  http::Fields fields(arena);
  for (const std::string& line : lines) fields.add(name, line);
  return std::string(cache::variant_key(name, fields));
}

void check_names(const std::string& vary) {
  const std::string names = vary_of({vary});
  fuzz::require_same(vary_of({names}), names);
  fuzz::require_same(vary_of({vary, names}), names);
  const Strings each = elements_of(names);
  fuzz::require(std::ranges::is_sorted(each), "sorted, so that their order does not matter");
  fuzz::require(std::ranges::adjacent_find(each) == each.end(), "each once");
}

/// Other spaces, and other case where that means nothing.
std::string respaced(std::string_view element, bool any_case, Random& random) {
  std::string out(random.below(3), ' ');
  for (const char c : element) {
    const bool spaces = any_case && c == ';' && random.one_in(2);
    out += spaces ? " ;\t" : std::string(1, any_case && random.one_in(2) ? to_lower(c) : c);
  }
  return out + std::string(random.below(3), '\t');
}

std::string respelled(Strings elements, bool any_order, Random& random) {
  if (any_order && elements.size() <= cache::alternatives_max)
    for (std::size_t i = elements.size(); i > 1; --i)
      std::swap(elements[i - 1], elements[random.below(i)]);
  std::string out;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += any_order && random.one_in(4) ? ",, " : ",";
    out += respaced(elements[i], any_order, random);
  }
  return out;
}

void check_key(std::string_view name, const Strings& lines, bool any_order, Random& random) {
  const std::string key = key_of(name, lines);
  fuzz::require(key != key_of(name, {}) || lines.empty(), "there and not there differ");
  std::string one;
  for (const std::string& line : lines) one += (&line == lines.data() ? "" : ",") + line;
  if (lines.empty() || one.contains('"')) return;
  fuzz::require_same(key_of(name, {one}), key);  // RFC 9110 5.3
  const Strings elements = any_order ? elements_of(one) : pieces_of(one);
  fuzz::require_same(key_of(name, {respelled(elements, any_order, random)}), key);
}

/// Of a field of which nothing is known only white space is left out: what is not the same has
/// another key.
void check_list(std::string_view value) {
  BlockPool pool;
  Arena arena(pool);
  const std::string normal(cache::normal_value("x-any", value, arena));
  fuzz::require(elements_of(normal) == elements_of(value), "nothing is lost");
  fuzz::require(
      value.contains('"') || std::ranges::count(normal, ',') == std::ranges::count(value, ','),
      "nor a place where nothing is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  Random random(fuzz::pick(rest, ~std::size_t{0}));
  const std::string vary(take_until(rest, '\n'));
  Strings lines;
  while (!rest.empty()) lines.emplace_back(take_until(rest, '\n'));
  check_names(vary);
  check_key("accept-encoding", lines, true, random);
  check_key("accept-language", lines, true, random);
  check_key("x-any", lines, false, random);
  for (const std::string& line : lines) check_list(line);
  return 0;
}
