#include "observe/access_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "observe/options.h"
#include "schema/nearest.h"

namespace minato::observe {
namespace {

struct NamedFormat {
  std::string_view name;
  AccessEncoding encoding;
  std::string_view text;
};
constexpr std::array named_formats{
    NamedFormat{"common", AccessEncoding::text,
                R"({client} - - [{time_local}] "{request}" {status} {bytes_out})"},
    NamedFormat{"combined", AccessEncoding::text,
                R"({client} - - [{time_local}] "{request}" {status} {bytes_out})"
                R"( "{referer}" "{user_agent}")"},
    NamedFormat{
        "json", AccessEncoding::json,
        R"({{"time":{time},"id":{id},"client":{client},"peer":{peer},"scheme":{scheme})"
        R"(,"host":{host},"method":{method},"target":{target},"version":{version})"
        R"(,"referer":{referer},"user_agent":{user_agent},"bytes_in":{bytes_in})"
        R"(,"status":{status},"bytes_out":{bytes_out},"reason":{reason})"
        R"(,"duration":{duration},"first_byte":{first_byte},"cache":{cache})"
        R"(,"service":{service})"
        R"(,"endpoint":{endpoint},"attempts":{attempts})"
        R"(,"upstream_status":{upstream_status},"upstream_duration":{upstream_duration}}})"},
};

std::string all_variables() {
  std::string names;
  for (const AccessVariable& row : access_variables())
    fmt::format_to(std::back_inserter(names), "{}{{{}}}", names.empty() ? "" : ", ", row.name);
  return names;
}

/// For a text that begins with `{name}`: the variable that was probably meant.
std::string nearest_variable(std::string_view text) {
  if (!text.starts_with('{')) return "";
  std::vector<std::string_view> names;
  for (const AccessVariable& row : access_variables()) names.push_back(row.name);
  const auto name = schema::nearest(text.substr(1, text.find('}') - 1), names);
  return name.empty() ? "" : fmt::format("{{{}}}", name);
}

}  // namespace

/// Reads a template from left to right; stops at the first fault.
class TemplateCompiler {
 public:
  explicit TemplateCompiler(std::string_view text) : text_(text) {}

  std::expected<AccessFormat, FormatFault> compile(AccessEncoding encoding) {
    format_.encoding_ = encoding;
    while (at_ < text_.size())
      if (auto fault = next()) return std::unexpected(std::move(*fault));
    literal('\n');
    format_.pieces_.push_back({literal_bytes_, nullptr});
    return std::move(format_);
  }

 private:
  std::optional<FormatFault> next() {
    const char c = text_[at_];
    if ((c == '{' || c == '}') && text_.substr(at_ + 1).starts_with(c)) {
      literal(c);
      at_ += 2;
      return std::nullopt;
    }
    if (c == '{') return variable();
    if (c == '}') return fault("a closing brace without its opening one", "}} for a brace");
    if (c == '\n' || c == '\r') return fault("a line break", "a template of one line");
    literal(c);
    ++at_;
    return std::nullopt;
  }

  std::optional<FormatFault> variable() {
    const auto end = text_.find('}', at_);
    if (end == std::string_view::npos)
      return fault("an opening brace without its closing one", "{{ for a brace");
    const auto name = text_.substr(at_ + 1, end - at_ - 1);
    const auto* const row = find_access_variable(name);
    if (row == nullptr) return fault(fmt::format("unknown variable {{{}}}", name), all_variables());
    if (format_.pieces_.size() == AccessFormat::template_variables_max)
      return fault("one variable too many",
                   fmt::format("{}", AccessFormat::template_variables_max));
    format_.pieces_.push_back({literal_bytes_, row});
    literal_bytes_ = 0;
    at_ = end + 1;
    return std::nullopt;
  }

  void literal(char c) {
    format_.literals_ += c;
    ++literal_bytes_;
  }
  FormatFault fault(std::string found, std::string allowed) const {
    return {at_, std::move(found), std::move(allowed)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t literal_bytes_ = 0;  ///< since the last variable
  AccessFormat format_;
};

std::expected<AccessFormat, FormatFault> AccessFormat::compile(std::string_view setting) {
  const auto named = std::ranges::find(named_formats, setting, &NamedFormat::name);
  if (named != named_formats.end()) return TemplateCompiler(named->text).compile(named->encoding);
  if (setting.find_first_of("{}") == std::string_view::npos)
    return std::unexpected(
        FormatFault{0, "neither a format nor a template",
                    "common, combined, json, or a template with variables: " + all_variables()});
  if (setting.size() > template_bytes_max)
    return std::unexpected(FormatFault{template_bytes_max, "a template that is too long",
                                       fmt::format("at most {} bytes", template_bytes_max)});
  return TemplateCompiler(setting).compile(AccessEncoding::text);
}

std::size_t AccessFormat::write(std::span<char> room, const AccessLine& line, TimeText& times,
                                std::size_t text_bytes_max) const {
  LineWriter out(room);
  ValueWriter value(out, times, encoding_, text_bytes_max);
  std::string_view literals = literals_;
  for (const Piece& piece : pieces_) {
    out.put(literals.substr(0, piece.literal_bytes));
    literals.remove_prefix(piece.literal_bytes);
    if (piece.variable != nullptr) piece.variable->put(value, line);
  }
  return out.overflowed() ? 0 : out.size();
}

std::optional<schema::Rejection> check_access_log_template(std::string_view text) {
  const auto compiled = AccessFormat::compile(text);
  if (compiled) return std::nullopt;
  const FormatFault& fault = compiled.error();
  return schema::Rejection{fmt::format("{} (character {})", fault.found, fault.position + 1),
                           "allowed: " + fault.allowed,
                           nearest_variable(text.substr(fault.position))};
}

}  // namespace minato::observe
