#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "config/check.h"
#include "config/declarations.h"
#include "config/machine.h"
#include "config/yaml.h"
#include "schema/parse.h"

namespace minato::config {
namespace {

using schema::Severity;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_error(const schema::Problem& problem) { return problem.severity == Severity::error; }

/// The text of the file, or an errno.
std::expected<std::string, int> read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char chunk[64 << 10];
  while (file.read(chunk, sizeof chunk) || file.gcount() > 0) {
    text.append(chunk, static_cast<std::size_t>(file.gcount()));
    if (text.size() > document_bytes_max) break;  // parse_yaml says so
  }
  if (!file.is_open() || file.bad()) return std::unexpected(errno != 0 ? errno : EIO);
  return text;
}

std::string counted(std::ptrdiff_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

bool Loaded::ok() const { return std::ranges::none_of(problems, is_error); }

Loaded load(const std::string& path, const schema::Environment& environment, Machine machine) {
  auto text = read_file(path);
  if (text) return load_text(path, *std::move(text), environment, machine);
  Loaded failed;
  failed.problems.push_back(
      {.file = path, .message = fmt::format("cannot be read: {}", std::strerror(text.error()))});
  return failed;
}

Loaded load_text(std::string name, std::string text, const schema::Environment& environment,
                 Machine machine) {
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  schema::Problems problems(std::vector{schema::Source{std::move(name), text}});
  Loaded loaded;
  if (const auto document = parse_yaml(text, problems)) {
    schema::Reader reader{problems, environment, schema::known_paths<Config>()};
    schema::parse(*document, loaded.config, "", reader);
    check(loaded.config, problems);
    if (machine == Machine::this_one) check_machine(loaded.config, problems);
  }
  loaded.problems = problems.take();
  return loaded;
}

schema::Environment environment_of(const char* const* environ) {
  schema::Environment out;
  for (; *environ != nullptr; ++environ) {
    std::string_view value(*environ);
    const auto separator = value.find('=');
    if (separator == std::string_view::npos) continue;
    out.insert_or_assign(std::string(value.substr(0, separator)),
                         std::string(value.substr(separator + 1)));
  }
  return out;
}

std::string render(const std::vector<schema::Problem>& problems) {
  std::string out;
  for (const schema::Problem& problem : problems) out += schema::render(problem) + "\n\n";
  const auto errors = std::ranges::count_if(problems, is_error);
  const auto warnings = std::ssize(problems) - errors;
  if (errors > 0) out += counted(errors, "error");
  if (errors > 0 && warnings > 0) out += ", ";
  if (warnings > 0) out += counted(warnings, "warning");
  return problems.empty() ? out : out + "\n";
}

}  // namespace minato::config
