// Cache-Control: each line of the input is a line of the field. What a plain second reading makes
// of it is the same, numbers stay in bounds, and lines, case and unknown directives change nothing.
#include "http/cache_control.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/strings.h"
#include "http/structured_field.h"
#include "http/tokens.h"
#include "support.h"

using namespace minato;
using http::FieldId;
using http::ResponseDirectives;

namespace {

constexpr std::array<std::string_view, 1> targeted{"CDN-Cache-Control"};

/// RFC 9111 1.2.2, digit by digit.
std::optional<Seconds> plain_seconds(std::string_view text) {
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = std::min<std::int64_t>(value * 10 + (c - '0'), http::delta_seconds_max.count());
  }
  return text.empty() ? std::nullopt : std::optional(Seconds(value));
}

bool has_word(std::string_view text, std::string_view word) {
  std::string now;
  bool found = false;
  for (const char c : std::string(text) + ' ') {
    if (http::is_tchar(c)) {
      now += c;
      continue;
    }
    found |= iequals(now, word);
    now.clear();
  }
  return found;
}

/// RFC 9111 5.2.2 of a text without quotes. What restricts counts in what is malformed, too.
void read_plainly(std::string_view text, ResponseDirectives& into) {
  const auto lifetime = [](std::optional<Seconds>& to, std::string_view argument) {
    if (!to) to = plain_seconds(argument).value_or(Seconds(0));
  };
  while (!text.empty()) {
    const std::string_view element = trim(take_until(text, ','));
    std::string_view argument = element;
    const auto name = take_until(argument, '=');
    const bool is_right =
        http::is_token(name) && (name.size() == element.size() || http::is_token(argument));
    const auto restricts = [&](std::string_view word) {
      return is_right ? iequals(name, word) : has_word(element, word);
    };
    if (restricts("no-store")) into.no_store = true;
    if (iequals(name, "public")) into.public_ = true;
    if (restricts("must-revalidate")) into.must_revalidate = true;
    if (restricts("proxy-revalidate")) into.proxy_revalidate = true;
    if (iequals(name, "max-age")) lifetime(into.max_age, argument);
    if (iequals(name, "s-maxage")) lifetime(into.s_maxage, argument);
  }
}

bool in_bounds(std::optional<Seconds> lifetime) {
  return !lifetime || (*lifetime >= Seconds(0) && *lifetime <= http::delta_seconds_max);
}

void require_in_bounds(const ResponseDirectives& read) {
  fuzz::require(in_bounds(read.max_age) && in_bounds(read.s_maxage) &&
                    in_bounds(read.stale_while_revalidate) && in_bounds(read.stale_if_error),
                "a lifetime is neither negative nor endless");
  fuzz::require((read.no_cache_fields.empty() || !read.no_cache) &&
                    (read.private_fields.empty() || !read.private_),
                "for all of the response or for some fields");
}

ResponseDirectives reading(const std::vector<std::string>& lines) {
  static BlockPool pool;
  Arena arena(pool);
  http::Fields fields(arena);
  for (const std::string& line : lines) fields.add(FieldId::cache_control, line);
  auto read = http::response_directives(fields, {}).directives;
  require_in_bounds(read);
  // Views of the lines, which stay.
  return read;
}

void check_response(const std::vector<std::string>& lines, std::string_view text) {
  const ResponseDirectives read = reading(lines);
  if (text.contains('"')) return;
  std::string joined = "unknown=1, ";
  for (const std::string& line : lines) joined += line + ',';
  fuzz::require(reading({joined}) == read, "several lines are one list");  // RFC 9110 5.3
  ResponseDirectives plain = read;
  plain.no_store = plain.public_ = plain.must_revalidate = plain.proxy_revalidate = false;
  plain.max_age = plain.s_maxage = std::nullopt;
  for (const std::string& line : lines) read_plainly(line, plain);
  fuzz::require(plain == read, "a plain reading is the same");
}

void check_request(const std::vector<std::string>& lines) {
  BlockPool pool;
  Arena arena(pool);
  http::Fields fields(arena);
  for (const std::string& line : lines) fields.add(FieldId::cache_control, line);
  const auto read = http::request_directives(fields);
  fuzz::require(in_bounds(read.max_age) && in_bounds(read.min_fresh) && in_bounds(read.max_stale),
                "what a client asks for is in bounds");
}

/// RFC 9213 2.1.
void check_targeted(std::string_view text) {
  BlockPool pool;
  Arena arena(pool);
  http::Fields fields(arena);
  fields.add(FieldId::cache_control, "max-age=7");
  fields.add(targeted.front(), text);
  const auto governing = http::response_directives(fields, targeted);
  require_in_bounds(governing.directives);
  const auto members = http::parse_sf_dictionary(text);
  fuzz::require(governing.targeted == (members && !members->empty()), "what parses counts");
  fuzz::require(governing.targeted || governing.directives.max_age == Seconds(7),
                "else Cache-Control does");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  fuzz::require(http::parse_delta_seconds(text) == plain_seconds(text), "seconds are the same");
  std::vector<std::string> lines;
  for (std::string_view rest = text; !rest.empty();) lines.emplace_back(take_until(rest, '\n'));
  check_response(lines, text);
  check_request(lines);
  check_targeted(text);
  return 0;
}
