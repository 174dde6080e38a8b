#include "schema/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/strings.h"

namespace minato::schema {
namespace {

constexpr std::size_t shown_columns_max = 120;
constexpr std::size_t quoted_bytes_max = 60;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string printable(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, is_control, '?');
  return out;
}

std::size_t characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_character));
}

/// `at`, or up to three bytes before it, where a character begins.
std::size_t start_of_character(std::string_view text, std::size_t at) {
  for (int i = 0; i < 3 && at > 0 && at < text.size() && continues_character(text[at]); ++i) --at;
  return at;
}

/// The part of a long line that has `column` in it.
struct Window {
  std::string_view text;
  std::size_t column;  // from 0, in the text
};
Window window(std::string_view line, std::size_t column) {
  column = std::min(column, line.size());
  const bool near = column < shown_columns_max - 20;
  const std::size_t start = near ? 0 : start_of_character(line, column - shown_columns_max / 2);
  const std::size_t end =
      start_of_character(line, std::min(start + shown_columns_max, line.size()));
  return {line.substr(start, end - start), column - start};
}

/// The line with its number, and below it the caret and the suggestion.
std::string excerpt(const Problem& problem) {
  const Window shown = window(problem.source, problem.column - 1);
  std::string indent;
  for (const char c : shown.text.substr(0, shown.column))
    if (!continues_character(c)) indent += c == '\t' ? '\t' : ' ';
  const auto rest = shown.text.substr(shown.column);
  const std::size_t width =
      std::max<std::size_t>(1, characters(rest.substr(0, token_length(rest))));
  std::string text(shown.text);
  std::ranges::replace_if(text, [](char c) { return is_control(c) && c != '\t'; }, '?');
  std::string out = fmt::format("\n{:>6} | {}\n       | {}^{}", problem.line, text, indent,
                                std::string(width - 1, '~'));
  if (!problem.suggestion.empty())
    out += fmt::format(" did you mean {}?", printable(problem.suggestion));
  return out;
}

std::vector<std::size_t> starts_of_lines(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  return starts;
}

/// `a.b[1].c` becomes `a.b[1]`, then `a.b`, `a` and nothing.
std::string_view parent_of(std::string_view path) {
  const auto at = path.find_last_of(".[");
  return at == std::string_view::npos ? std::string_view{} : path.substr(0, at);
}

/// How many bytes the text in quotes at the front takes.
std::size_t quoted_length(std::string_view text) {
  const auto end = text.find(text.front(), 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

std::size_t token_length(std::string_view text) {
  if (text.starts_with('"') || text.starts_with('\'')) return quoted_length(text);
  std::size_t at = 0;
  for (int depth = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool followed_by_blank = at + 1 == text.size() || is_blank(text[at + 1]);
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth < 0) break;
    if (depth == 0 && (c == ':' || c == ',') && followed_by_blank) break;
    if (c == '#' && at > 0 && is_blank(text[at - 1])) break;
  }
  while (at > 1 && is_blank(text[at - 1])) --at;
  return at;
}

std::string headline(const Problem& problem) {
  std::string out = problem.file;
  if (problem.line > 0) out += fmt::format(":{}:{}", problem.line, problem.column);
  if (!out.empty()) out += ": ";
  if (problem.severity == Severity::warning) out += "warning: ";
  if (!problem.path.empty()) out += printable(problem.path) + ": ";
  return out + problem.message;
}

std::string render(const Problem& problem) {
  return problem.line == 0 ? headline(problem) : headline(problem) + excerpt(problem);
}

Problems::Problems(std::vector<Source> sources) : sources_(std::move(sources)) {
  for (const Source& source : sources_) line_starts_.push_back(starts_of_lines(source.text));
}

void Problems::add(Severity severity, Mark mark, std::string_view path, Rejection rejection) {
  std::size_t& found = severity == Severity::error ? errors_ : warnings_;
  if (++found > kept_max) return;
  std::string message = std::move(rejection.found);
  if (!rejection.allowed.empty()) message += "; " + rejection.allowed;
  kept_.push_back({.severity = severity,
                   .file = mark.file < sources_.size() ? sources_[mark.file].name : "",
                   .line = mark.line,
                   .column = mark.column,
                   .path = std::string(path),
                   .message = std::move(message),
                   .suggestion = std::move(rejection.suggestion),
                   .source = std::string(line_at(mark))});
}

Mark Problems::mark_of(std::string_view path) const {
  for (; !path.empty(); path = parent_of(path))
    if (const auto found = marks_.find(std::string(path)); found != marks_.end())
      return found->second;
  return {};
}

bool Problems::has_error_at(std::string_view path) const {
  return std::ranges::any_of(kept_, [&](const Problem& problem) {
    return problem.severity == Severity::error && problem.path == path;
  });
}

bool Problems::has_error_within(std::string_view path) const {
  return std::ranges::any_of(kept_, [&](const Problem& problem) {
    const std::string_view own = problem.path;
    const bool begins =
        own.starts_with(path) &&
        (own.size() == path.size() || own[path.size()] == '.' || own[path.size()] == '[');
    return problem.severity == Severity::error && begins;
  });
}

std::string_view Problems::line_at(Mark mark) const {
  if (mark.file >= sources_.size()) return {};
  const auto& starts = line_starts_[mark.file];
  if (mark.line == 0 || mark.line > starts.size()) return {};
  const auto rest = std::string_view(sources_[mark.file].text).substr(starts[mark.line - 1]);
  const auto line = rest.substr(0, rest.find_first_of("\r\n"));
  return line.substr(0, 64u << 10);
}

std::vector<Problem> Problems::take() {
  std::vector<std::size_t> order(kept_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::tuple(std::string_view(kept_[i].file), kept_[i].line, kept_[i].column, i);
  });
  std::vector<Problem> out;
  for (const std::size_t i : order) out.push_back(std::move(kept_[i]));
  kept_.clear();
  tell_dropped(out, Severity::error, std::exchange(errors_, 0));
  tell_dropped(out, Severity::warning, std::exchange(warnings_, 0));
  return out;
}

void Problems::tell_dropped(std::vector<Problem>& out, Severity severity, std::size_t found) const {
  if (found <= kept_max) return;
  const std::string file = sources_.empty() ? "" : sources_.front().name;
  const std::string_view what = severity == Severity::error ? "errors" : "warnings";
  out.push_back({.severity = severity,
                 .file = file,
                 .message = fmt::format("{} more {} are not shown", found - kept_max, what)});
}

std::string in_quotes(std::string_view text) {
  if (text.size() <= quoted_bytes_max) return '"' + printable(text) + '"';
  return '"' + printable(text.substr(0, start_of_character(text, quoted_bytes_max))) + "...\"";
}

std::string alternatives(const std::vector<std::string_view>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

}  // namespace minato::schema
