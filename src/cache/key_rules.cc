#include "cache/key_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"
#include "cache/cookies.h"
#include "cache/key.h"

namespace minato::cache {
namespace {

constexpr std::string_view stamp_begin = " query(", listener_begin = " listener(",
                           header_item = " header(", cookie_item = " cookie(",
                           doubtful_cookie_item = " doubtful-cookie(";

/// Of a query, by where it stands.
struct Parameter {
  std::uint32_t begin = 0;
  std::uint32_t name_end = 0;
  std::uint32_t end = 0;
  std::string_view name_in(std::string_view query) const {
    return query.substr(begin, name_end - begin);
  }
  std::string_view text_in(std::string_view query) const {
    return query.substr(begin, end - begin);
  }
};

/// Names that some origins take for one have one fold: of any case, or with `.` for `_`.
constexpr char fold(char c) { return c == '.' ? '_' : to_lower(c); }

bool folds_alike(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, fold, fold);
}

/// Of more, origins leave out the last: PHP and Express behind a thousand, or as many as they are
/// told. Which ones these are depends on those that the key leaves out, and on the order.
constexpr std::size_t plain_parameters_max = 100;

/// An origin takes it for nothing else than it says.
bool is_plain(std::string_view text, std::string_view name) {
  return is_plain_parameter(name) && !text.contains(';');
}

/// The order of equal names stays.
void sort_by_name(std::span<Parameter> parameters, std::string_view query) {
  std::ranges::sort(parameters, [&](const Parameter& a, const Parameter& b) {
    const auto left = a.name_in(query), right = b.name_in(query);
    if (folds_alike(left, right)) return a.begin < b.begin;
    return std::ranges::lexicographical_compare(left, right, {}, fold, fold);
  });
}

std::string_view joined(std::span<const Parameter> parameters, std::string_view query,
                        Arena& arena) {
  const std::span<char> text = arena.array<char>(query.size());
  auto at = text.begin();
  for (const Parameter& parameter : parameters) {
    if (at != text.begin()) *at++ = '&';
    at = std::ranges::copy(parameter.text_in(query), at).out;
  }
  return {text.data(), static_cast<std::size_t>(at - text.begin())};
}

/// `pattern` may end in a star, for whatever follows.
bool fits(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}
bool fits_folded(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return folds_alike(pattern, name);
  pattern.remove_suffix(1);
  return folds_alike(pattern, name.substr(0, pattern.size()));
}

/// What stands in the text of a key and is no space, so that values cannot end before their end.
constexpr bool stands_raw(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '%';
}

/// How long a suffix is.
struct Measure {
  std::size_t size = 0;
  void add(std::string_view text) { size += text.size(); }
  void add_lower(std::string_view text) { size += text.size(); }
  void add_value(std::string_view text) {
    for (const char c : text) size += stands_raw(c) ? 1 : 3;
  }
};
struct Writer {
  char* at;
  void add(std::string_view text) { at = std::ranges::copy(text, at).out; }
  void add_lower(std::string_view text) { at = std::ranges::transform(text, at, to_lower).out; }
  void add_value(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
      if (stands_raw(c)) {
        *at++ = c;
        continue;
      }
      const auto byte = static_cast<unsigned char>(c);
      *at++ = '%';
      *at++ = digits[byte >> 4];
      *at++ = digits[byte & 15];
    }
  }
};

/// ` header(x-a)=value`; without a value where there is no such field.
template <class Out>
void write_item(Out& out, std::string_view kind, std::string_view name,
                const std::string_view* value) {
  out.add(kind);
  if (kind == header_item)
    out.add_lower(name);  // of any case (RFC 9110 5.1)
  else
    out.add(name);
  out.add(")");
  if (value == nullptr) return;
  out.add("=");
  out.add_value(*value);
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

}  // namespace

bool is_plain_parameter(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

KeyRules::KeyRules(const KeyOptions& options, std::string_view listener)
    : ignore_(options.query.ignore),
      only_(options.query.only),
      cookies_(options.cookies),
      sort_(options.query.sort),
      ignores_all_(std::ranges::find(ignore_, "*") != ignore_.end()),
      changes_query_(sort_ || !ignore_.empty() || !only_.empty()),
      any_(changes_query_ || !listener.empty() || !options.headers.empty() || !cookies_.empty()) {
  if (!listener.empty()) listener_ = fmt::format("{}{})", listener_begin, listener);
  for (const std::string& name : options.headers) headers_.push_back(lowered(name));
  if (!changes_query_) return;
  const auto text = fmt::format("sort {} ignore {} only {}", sort_, fmt::join(ignore_, " "),
                                fmt::join(only_, " "));
  stamp_ = fmt::format("{}{:016x})", stamp_begin, hash_bytes(text, 0));
}

bool KeyRules::leaves_out(std::string_view parameter) const {
  const auto name = parameter.substr(0, parameter.find('='));
  if (!is_plain(parameter, name)) return false;
  if (!only_.empty())
    return std::ranges::none_of(only_, [&](const auto& one) { return fits_folded(one, name); });
  return std::ranges::any_of(ignore_, [&](const auto& one) { return fits(one, name); });
}

std::string_view KeyRules::query(std::string_view query, Arena& arena) const {
  if (!changes_query_) return query;
  if (ignores_all_ || query.empty()) return {};
  const auto count = static_cast<std::size_t>(std::ranges::count(query, '&')) + 1;
  if (count > plain_parameters_max) return query;
  const std::span all = arena.array<Parameter>(count);
  std::size_t kept = 0;
  bool may_sort = sort_;
  for (std::string_view rest = query; !rest.empty();) {
    const std::string_view text = take_until(rest, '&');
    if (text.empty() || leaves_out(text)) continue;
    const auto begin = static_cast<std::uint32_t>(text.data() - query.data());
    const auto name = text.substr(0, text.find('='));
    all[kept++] = {.begin = begin,
                   .name_end = begin + static_cast<std::uint32_t>(name.size()),
                   .end = begin + static_cast<std::uint32_t>(text.size())};
    may_sort = may_sort && is_plain(text, name);
  }
  if (may_sort) sort_by_name(all.first(kept), query);
  return joined(all.first(kept), query, arena);
}

std::string_view KeyRules::rest(std::string_view path_and_query, Arena& arena) const {
  const auto end = path_and_query.find('?');
  if (!changes_query_ || end == std::string_view::npos) return path_and_query;
  const auto counted = query(path_and_query.substr(end + 1), arena);
  const auto path = path_and_query.substr(0, end);
  return counted.empty() ? path : arena.join(path, "?", counted);
}

template <class Out>
void KeyRules::write_suffix(const http::Fields& request, const Cookies* cookies, Out& out) const {
  out.add(stamp_);
  out.add(listener_);
  for (const std::string& name : headers_) {
    bool there = false;
    request.for_each([&](const http::Field& line) {
      // An origin may take X_A for X-A, or may not, so that it tells responses apart by itself.
      if (!http::same_variable(line.name, name)) return;
      write_item(out, header_item, line.name, &line.value);
      there = true;
    });
    if (!there) write_item(out, header_item, name, nullptr);
  }
  bool has_all = false;  // which tells of every name
  for (const std::string& name : cookies_) {
    bool there = false;
    CookieSearch search(*cookies, name);
    while (const auto cookie = search.next()) {
      const bool is_all = cookie->text.size() == cookies->text.size();
      if (!is_all || !has_all)
        write_item(out, cookie->is_plain ? cookie_item : doubtful_cookie_item, name, &cookie->text);
      has_all |= is_all;
      there = true;
    }
    if (!there) write_item(out, cookie_item, name, nullptr);
  }
}

bool KeyRules::may_have_made(std::string_view key) const {
  const auto begins = [](std::string_view text, std::string_view own, std::string_view others) {
    return own.empty() ? !text.starts_with(others) : text.starts_with(own);
  };
  const auto suffix = key.substr(url_of(key).size());
  return any() == !suffix.empty() && begins(suffix, stamp_, stamp_begin) &&
         begins(suffix.substr(stamp_.size()), listener_, listener_begin);
}

std::string_view KeyRules::suffix(const http::Fields& request, Arena& arena) const {
  const auto said = cookies_.empty() ? std::nullopt : std::optional<Cookies>(request);
  const Cookies* const cookies = said ? &*said : nullptr;
  Measure measure;
  write_suffix(request, cookies, measure);
  const std::span<char> text = arena.array<char>(measure.size);
  Writer writer{text.data()};
  write_suffix(request, cookies, writer);
  return {text.data(), text.size()};
}

}  // namespace minato::cache
