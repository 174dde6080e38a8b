#include "cache/cookies.h"

#include <algorithm>

#include "base/strings.h"
#include "http/tokens.h"

namespace minato::cache {
namespace {

/// PHP takes `a.b` for `a_b`.
bool reads_as(std::string_view own, std::string_view name) {
  constexpr auto fold = [](char c) { return c == '.' ? '_' : c; };
  return own == name || std::ranges::equal(own, name, {}, fold, fold);
}

/// cookie-octet of RFC 6265 4.1.1.
constexpr bool is_cookie_octet(char c) {
  return http::is_visible(c) && c != '"' && c != ',' && c != ';' && c != '\\';
}

/// cookie-pair of RFC 6265 4.1.1.
bool is_plain_pair(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos || !http::is_token(text.substr(0, equals))) return false;
  auto value = text.substr(equals + 1);
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
    value = value.substr(1, value.size() - 2);
  return std::ranges::all_of(value, is_cookie_octet);
}

/// Where the first begins that is none.
std::size_t end_of_plain_pairs(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(';', at), text.size());
    const bool is_spaced = at > 0 && text[at] == ' ';
    const auto begin = is_spaced ? at + 1 : at;
    if (!is_plain_pair(text.substr(begin, end - begin))) return at;
    at = end + 1;
  }
  return text.size();
}

std::string_view lines_of(const http::Fields& fields) {
  std::string_view text;
  bool several = false;
  fields.for_each([&](const http::Field& line) {
    if (line.id != http::FieldId::cookie) return;
    text = several ? fields.arena().join(text, "\n", line.value) : line.value;
    several = true;
  });
  return text;
}

}  // namespace

CookieSearch::CookieSearch(const http::Fields& fields, std::string_view name)
    : text_(lines_of(fields)), name_(name) {}

std::optional<Cookie> CookieSearch::next() {
  while (at_ < text_.size()) {
    const auto begin = at_;
    while (at_ < text_.size() && http::is_tchar(text_[at_])) ++at_;
    const bool is_value = begin > 0 && text_[begin - 1] == '=';
    if (begin == at_)
      ++at_;
    else if (!is_value && reads_as(text_.substr(begin, at_ - begin), name_))
      return take(begin);
  }
  return std::nullopt;
}

/// The one whose name is from `begin` to where the search is.
Cookie CookieSearch::take(std::size_t begin) {
  const auto end = at_;
  skip_value();
  if (is_plain(begin, end)) return {.is_plain = true, .text = text_.substr(end + 1, at_ - end - 1)};
  const auto first = begin > 0 ? text_.find_last_of(";\n", begin - 1) + 1 : 0;  // npos + 1 is 0
  return {.text = text_.substr(first, at_ - first)};
}

bool CookieSearch::is_plain(std::size_t begin, std::size_t end) {
  if (!plain_end_) plain_end_ = end_of_plain_pairs(text_);
  if (begin >= *plain_end_ || text_.substr(begin, end - begin) != name_) return false;
  const auto before = text_.substr(0, begin);
  return before.empty() || before.ends_with(';') || before.ends_with("; ");
}

/// As far as a parser might go that takes what is quoted for one.
void CookieSearch::skip_value() {
  const auto value = std::min(text_.find_first_not_of("= \t", at_), text_.size());
  if (value < text_.size() && text_[value] == '"') {
    for (at_ = value + 1; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
  }
  at_ = std::min(text_.find_first_of(";\n", at_), text_.size());
}

}  // namespace minato::cache
