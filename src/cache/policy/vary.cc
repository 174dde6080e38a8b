#include "cache/policy/vary.h"

#include <algorithm>
#include <array>
#include <charconv>
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

/// Text that grows in room that was measured before.
class Text {
 public:
  Text(Arena& arena, std::size_t bytes_max) : begin_(arena.room<char>(bytes_max).data()) {}

  void add(std::string_view part) { at_ = std::ranges::copy(part, at_).out; }
  void add(char c) { *at_++ = c; }
  void add_number(int number) { at_ = std::to_chars(at_, at_ + 4, number).ptr; }
  std::string_view written() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  char* begin_;
  char* at_ = begin_;
};

/// One element of a list of alternatives, and how much it is wanted.
struct Alternative {
  std::string_view name;  // all of the element, where something but a weight stands behind that
  int weight;             // thousandths
};

/// Origins may take `de;level=1` for `de`, or for nothing that they know.
Alternative alternative_of(std::string_view element) {
  std::string_view parameters = element;
  const auto name = take_until(parameters, ';');
  if (name.size() == element.size()) return {name, http::weight_max};
  const bool is_weight = parameters.starts_with("q=") && !parameters.contains(';');
  const auto weight = is_weight ? http::weight_of(parameters) : std::nullopt;
  return weight ? Alternative{name, *weight} : Alternative{element, http::weight_max};
}

/// Not longer than `value`: what stands between elements is one comma.
void add_list(std::string_view value, Text& out) {
  ListElements elements(value);
  for (bool more = false; const auto element = elements.next(); more = true) {
    if (more) out.add(',');
    out.add(*element);
  }
}

/// In lower case, and without blanks around semicolons.
std::string_view without_case(std::string_view value, Arena& arena) {
  const std::span<char> text = arena.room<char>(value.size());
  std::size_t size = 0;
  for (const char c : value) {
    if (c == ';')
      while (size > 0 && is_blank(text[size - 1])) --size;
    if (is_blank(c) && size > 0 && text[size - 1] == ';') continue;
    text[size++] = to_lower(c);
  }
  return {text.data(), size};
}

/// `gzip, br;q=0.5`: by falling weight, and by name where that is equal. What is no weight makes
/// the element unlike any other. Not longer than `value`: `;500` stands for `;q=0.5`.
void add_alternatives(std::string_view value, Text& out, Arena& arena) {
  const std::string_view text = without_case(value, arena);
  std::array<Alternative, alternatives_max> alternatives;
  std::size_t count = 0;
  ListElements elements(text);
  while (const auto element = elements.next()) {
    if (count == alternatives.size()) return add_list(text, out);
    alternatives[count++] = alternative_of(*element);
  }
  const auto all = std::span(alternatives).first(count);
  std::ranges::sort(all, [](const Alternative& a, const Alternative& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.name < b.name;
  });
  for (const Alternative& one : all) {
    if (&one != all.data()) out.add(',');
    std::string_view others = one.name;
    out.add(take_until(others, ';'));
    if (one.name.contains(';')) out.add('\f'), out.add(others);  // nobody writes that
    if (one.weight != http::weight_max) out.add(';'), out.add_number(one.weight);
  }
}

/// All but the white space around commas: it may be a list, or something else in which an element
/// without anything in it means something. Not longer than `value`.
void add_without_blanks(std::string_view value, Text& out) {
  for (;;) {
    const auto end = http::element_end(value);
    out.add(trim(value.substr(0, end)));
    if (end == value.size()) return;
    out.add(',');
    value.remove_prefix(end + 1);
  }
}

/// It is no list (RFC 9110 5.3, RFC 6265 4.2.1): every letter counts, and of several lines an
/// origin may see the first, the last or all.
bool is_single(std::string_view name) {
  switch (http::field_id(name)) {
    case http::FieldId::authorization:
    case http::FieldId::cookie:
    case http::FieldId::origin:
    case http::FieldId::referer:
    case http::FieldId::user_agent: return true;
    default: return false;
  }
}

void add_normal(std::string_view name, std::string_view value, Text& out, Arena& arena) {
  if (iequals(name, "accept-encoding") || iequals(name, "accept-language"))
    add_alternatives(value, out, arena);
  else if (is_single(name))
    out.add(value);
  else
    add_without_blanks(value, out);
}

/// All lines of that name as one; nullopt where there is none.
std::optional<std::string_view> collected(const http::Fields& fields, std::string_view name) {
  const auto is_it = [name](const http::Field& line) { return iequals(line.name, name); };
  return fields.joined(is_it, is_single(name) ? "\f" : ",");  // RFC 9110 5.3; nobody writes \f
}

/// Calls `visit` for each line that an origin may take for one of that name, and is none.
template <class Visit>
void for_each_other(const http::Fields& fields, std::string_view name, const Visit& visit) {
  fields.for_each([&](const http::Field& line) {
    const bool is_other = line.name.size() == name.size() && !iequals(line.name, name) &&
                          http::same_variable(line.name, name);
    if (is_other) visit(line);
  });
}

/// What `variant_key` takes at most.
std::size_t variant_bytes_max(std::string_view names, const http::Fields& request) {
  std::size_t bytes = 2 * names.size() + 2;  // a name stands for one colon and one line feed
  ListElements each(names);
  while (const auto name = each.next()) {
    bytes += collected(request, *name).value_or("").size();
    for_each_other(request, *name, [&](const http::Field& line) {
      bytes += other_spelling.size() + line.name.size() + 1 + line.value.size();
    });
  }
  return bytes;
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

std::string_view normal_value(std::string_view name, std::string_view value, Arena& arena) {
  Text text(arena, value.size());
  add_normal(name, value, text, arena);
  return text.written();
}

std::string_view variant_key(std::string_view names, const http::Fields& request) {
  if (names.empty()) return {};
  Arena& arena = request.arena();
  Text key(arena, variant_bytes_max(names, request));
  ListElements each(names);
  while (const auto name = each.next()) {
    // A field that is absent differs from one that is empty. No value has a control character in it
    // but tabs.
    if (const auto value = collected(request, *name)) {
      key.add(':');
      add_normal(*name, *value, key, arena);
    }
    for_each_other(request, *name, [&](const http::Field& line) {
      key.add(other_spelling);
      key.add(lower(line.name));
      key.add(':');
      key.add(line.value);
    });
    key.add('\n');
  }
  return key.written();
}

}  // namespace minato::cache
