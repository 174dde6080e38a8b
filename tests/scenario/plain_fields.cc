#include "scenario/plain_fields.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "base/strings.h"

namespace minato::scenario {
namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && text.front() == ' ') text.erase(0, 1);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

const std::string* line_of(const Lines& lines, std::string_view name) {
  for (const auto& line : lines)
    if (iequals(line.first, name)) return &line.second;
  return nullptr;
}

std::optional<std::string> value_in(const Lines& lines, std::string_view name) {
  const auto* const value = line_of(lines, name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

Lines spellings_of(const Lines& lines, const std::string& name) {
  const auto variable = [](std::string text) {
    std::ranges::replace(text, '-', '_');
    return lowered(std::move(text));
  };
  Lines all;
  for (const auto& [own, value] : lines)
    if (variable(own) == variable(name)) all.emplace_back(lowered(own), value);
  return all;
}

std::string joined(const Lines& lines, std::string_view name) {
  std::string all;
  for (const auto& [own, value] : lines)
    if (iequals(own, name)) all += value + ',';
  return all;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (std::string& part : parts) part = trimmed(part);
  std::erase(parts, "");
  return parts;
}

std::vector<std::string> cookies_of(const Lines& lines, const std::string& name) {
  std::vector<std::string> values;
  std::string all = value_in(lines, "cookie").value_or("");
  std::ranges::replace(all, ';', ',');
  for (const std::string& pair : split(all))
    if (pair.starts_with(name + "=")) values.push_back(pair.substr(name.size() + 1));
  return values;
}

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), to_lower);
  return text;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

Second number_of(const std::string& text) { return text.size() > 12 ? for_ever : std::stoll(text); }

std::optional<PlainRange> range_of(const Lines& request) {
  const auto value = value_in(request, "range");
  PlainRange range;
  if (!value || std::sscanf(value->c_str(), "bytes=%zu-%zu", &range.first, &range.last) != 2)
    return std::nullopt;
  return range;
}

PlainRange range_in(const std::string& content_range) {
  PlainRange range;
  (void)std::sscanf(content_range.c_str(), "bytes %zu-%zu/%zu", &range.first, &range.last,
                    &range.size);
  return range;
}

std::optional<Second> plain_date(const std::string& text) {
  std::tm parts{};
  const char* const end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&parts);
}

std::string date_text(Second moment) {
  char text[40];
  const std::time_t time = moment;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

PlainDirectives::PlainDirectives(const std::string& text) {
  for (const std::string& part : split(text)) {
    const auto equals = part.find('=');
    std::optional<std::string> argument;
    if (equals != part.npos) argument = part.substr(equals + 1);
    if (argument && argument->size() >= 2 && argument->front() == '"')
      argument = argument->substr(1, argument->size() - 2);
    all_.emplace_back(lowered(part.substr(0, equals)), argument);
  }
}

bool PlainDirectives::has(const std::string& name) const {
  return std::ranges::any_of(all_, [&](const auto& one) { return one.first == name; });
}

bool PlainDirectives::has_whole(const std::string& name) const {
  const auto has_name = [&](const auto& one) { return one.first == name; };
  const auto is_bare = [&](const auto& one) { return one.first == name && !one.second; };
  return std::ranges::any_of(all_, is_bare) || std::ranges::count_if(all_, has_name) > 1;
}

std::optional<Second> PlainDirectives::number(const std::string& name) const {
  for (const auto& [own, argument] : all_)
    if (own == name) return argument && is_number(*argument) ? number_of(*argument) : Second{-1};
  return std::nullopt;
}

std::set<std::string> PlainDirectives::fields_of(const std::string& name) const {
  std::set<std::string> names;
  if (has_whole(name)) return names;
  for (const auto& [own, argument] : all_)
    if (own == name && argument)
      for (const std::string& field : split(*argument)) names.insert(lowered(field));
  return names;
}

std::string path_of(const std::string& reference) {
  const std::string own = "http://site.example";
  if (reference.starts_with(own)) return reference.substr(own.size());
  if (reference.find("//") != reference.npos) return {};
  return reference.starts_with('/') ? reference : '/' + reference;
}

bool is_for_store(const std::string& name) {
  return !iequals(name, "age") && !iequals(name, "content-length") &&
         !iequals(name, "cache-status");
}

}  // namespace minato::scenario
