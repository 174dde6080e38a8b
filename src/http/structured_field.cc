#include "http/structured_field.h"

#include <algorithm>

#include "http/tokens.h"

namespace minato::http {
namespace {

using Kind = SfValue::Kind;

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }
constexpr bool is_base64(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
}

/// Goes through a text once. Each method takes what it names off the front, or fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    (void)take_while([](char c) { return c == ' '; });
  }
  void skip_blanks() { (void)take_while(is_blank); }

  std::optional<std::string_view> key() {
    if (!next_is([](char c) { return is_lower(c) || c == '*'; })) return std::nullopt;
    return take_while([](char c) {
      return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
    });
  }

  /// What stands behind a key: a value or nothing, which means true; and parameters.
  std::optional<SfValue> member_value() {
    auto value = take('=') ? item_or_inner_list() : std::optional(SfValue{});
    if (!value || !skip_parameters()) return std::nullopt;
    return value;
  }

 private:
  template <class Is>
  bool next_is(Is is) const {
    return !rest_.empty() && is(rest_.front());
  }
  template <class Is>
  std::string_view take_while(Is is) {
    const auto end = std::ranges::find_if_not(rest_, is);
    const auto taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::optional<SfValue> item_or_inner_list() { return take('(') ? inner_list() : bare_item(); }

  std::optional<SfValue> inner_list() {
    const std::string_view from = rest_;
    for (;;) {
      skip_spaces();
      const auto inside = from.substr(0, from.size() - rest_.size());
      if (take(')')) return SfValue{.kind = Kind::inner_list, .text = inside};
      if (!bare_item() || !skip_parameters()) return std::nullopt;
      if (!next_is([](char c) { return c == ' ' || c == ')'; })) return std::nullopt;
    }
  }

  std::optional<SfValue> bare_item() {
    if (rest_.empty()) return std::nullopt;
    switch (rest_.front()) {
      case '"': return string();
      case ':': return binary();
      case '?': return boolean();
      case '@': return date();
      case '%': return display_string();
      default: break;
    }
    if (next_is([](char c) { return is_alpha(c) || c == '*'; })) return token();
    return number();
  }

  std::optional<SfValue> number() {
    const bool negative = take('-');
    const auto whole = take_while(is_digit);
    const bool has_fraction = next_is([](char c) { return c == '.'; });
    if (whole.empty() || whole.size() > (has_fraction ? 12u : 15u)) return std::nullopt;
    auto value = static_cast<std::int64_t>(*parse_number<std::uint64_t>(whole));
    if (has_fraction) {
      take('.');
      const auto fraction = take_while(is_digit);
      if (fraction.empty() || fraction.size() > 3) return std::nullopt;
      for (std::size_t place = 0; place < 3; ++place)
        value = value * 10 + (place < fraction.size() ? fraction[place] - '0' : 0);
    }
    return SfValue{.kind = has_fraction ? Kind::decimal : Kind::integer,
                   .integer = negative ? -value : value};
  }

  std::optional<SfValue> date() {
    take('@');
    auto value = number();
    if (!value || value->kind != Kind::integer) return std::nullopt;
    value->kind = Kind::date;
    return value;
  }

  std::optional<SfValue> string() {
    take('"');
    const std::string_view from = rest_;
    while (!rest_.empty()) {
      const auto inside = from.substr(0, from.size() - rest_.size());
      if (take('"')) return SfValue{.kind = Kind::string, .text = inside};
      if (take('\\') && !next_is([](char c) { return c == '"' || c == '\\'; })) return std::nullopt;
      if (!next_is(is_printable)) return std::nullopt;
      rest_.remove_prefix(1);
    }
    return std::nullopt;
  }

  std::optional<SfValue> token() {
    const auto text = take_while([](char c) { return is_tchar(c) || c == ':' || c == '/'; });
    return SfValue{.kind = Kind::token, .text = text};
  }

  std::optional<SfValue> binary() {
    take(':');
    const auto text = take_while(is_base64);
    if (!take(':')) return std::nullopt;
    return SfValue{.kind = Kind::binary, .text = text};
  }

  std::optional<SfValue> boolean() {
    take('?');
    if (take('1')) return SfValue{};
    if (take('0')) return SfValue{.boolean = false};
    return std::nullopt;
  }

  std::optional<SfValue> display_string() {
    take('%');
    if (!take('"')) return std::nullopt;
    const std::string_view from = rest_;
    while (!rest_.empty()) {
      const auto inside = from.substr(0, from.size() - rest_.size());
      if (take('"')) return SfValue{.kind = Kind::display_string, .text = inside};
      if (!next_is(is_printable)) return std::nullopt;
      const std::size_t length = rest_.front() == '%' ? 3 : 1;
      if (length == 3 && !is_lower_hex_pair(rest_.substr(1, 2))) return std::nullopt;
      rest_.remove_prefix(length);
    }
    return std::nullopt;
  }
  static bool is_lower_hex_pair(std::string_view pair) {
    return pair.size() == 2 &&
           std::ranges::all_of(pair, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  }

  bool skip_parameters() {
    while (take(';')) {
      skip_spaces();
      if (!key()) return false;
      if (take('=') && !bare_item()) return false;
    }
    return true;
  }

  std::string_view rest_;
};

/// All that a parser has to take (RFC 9651 3.2). Each is looked for among those before it.
constexpr std::size_t members_max = 1024;

void put(std::vector<SfMember>& members, const SfMember& member) {
  const auto known = std::ranges::find(members, member.key, &SfMember::key);
  if (known == members.end())
    members.push_back(member);
  else
    known->value = member.value;
}

}  // namespace

std::optional<std::vector<SfMember>> parse_sf_dictionary(std::string_view text) {
  std::vector<SfMember> members;
  Reader reader(text);
  reader.skip_spaces();
  for (std::size_t count = 0; !reader.at_end(); ++count) {
    const auto key = reader.key();
    if (!key || count == members_max) return std::nullopt;
    const auto value = reader.member_value();
    if (!value) return std::nullopt;
    put(members, {*key, *value});
    reader.skip_blanks();
    if (reader.at_end()) return members;
    if (!reader.take(',')) return std::nullopt;
    reader.skip_blanks();
    if (reader.at_end()) return std::nullopt;  // a comma with nothing behind it
  }
  return members;
}

}  // namespace minato::http
