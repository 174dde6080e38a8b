#include "config/load.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "config/check.h"
#include "config/declarations.h"
#include "config/machine.h"
#include "config/text.h"
#include "config/yaml.h"
#include "schema/parse.h"

namespace minato::config {
namespace {

using schema::Severity;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_error(const schema::Problem& problem) { return problem.severity == Severity::error; }

/// What stands there instead of a regular file; empty where that does.
std::string_view irregular_kind(int file) {
  struct stat facts{};
  if (::fstat(file, &facts) != 0 || S_ISREG(facts.st_mode)) return {};
  if (S_ISFIFO(facts.st_mode)) return "a pipe";
  if (S_ISDIR(facts.st_mode)) return "a directory";
  return S_ISSOCK(facts.st_mode) ? "a socket" : "a device";
}

std::unexpected<std::string> cannot_be_read(int os_errno) {
  return std::unexpected(fmt::format("cannot be read: {}", std::strerror(os_errno)));
}

/// Or what is wrong with it.
std::expected<std::string, std::string> read_all(int file) {
  std::string text;
  std::array<char, 64 << 10> chunk;
  while (text.size() <= document_bytes_max) {  // parse_yaml says where there is more
    const ssize_t count = ::read(file, chunk.data(), chunk.size());
    if (count == 0) break;
    if (count > 0)
      text.append(chunk.data(), static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return cannot_be_read(errno);
  }
  return text;
}

/// The text of a file, and what it is where it is not a regular one.
struct FileText {
  std::string text;
  std::string_view irregular;
};

std::expected<FileText, std::string> read_file(const std::string& path, Reading reading) {
  const bool again = reading == Reading::again;
  // Without O_NONBLOCK to open a pipe waits for who writes into it.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (again ? O_NONBLOCK : 0)));
  if (!file) return cannot_be_read(errno);
  const std::string_view irregular = irregular_kind(file.get());
  if (again && !irregular.empty())
    return std::unexpected(
        fmt::format("cannot be read again: it is {}; start minato with a regular file to be able "
                    "to reload",
                    irregular));
  auto text = read_all(file.get());
  if (!text) return std::unexpected(text.error());
  return FileText{*std::move(text), irregular};
}

std::string counted(std::ptrdiff_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

bool Loaded::ok() const { return std::ranges::none_of(problems, is_error); }

Loaded load(const std::string& path, const schema::Environment& environment, Machine machine,
            Reading reading) {
  auto file = read_file(path, reading);
  if (!file) {
    Loaded failed;
    failed.problems.push_back({.file = path, .message = std::move(file.error())});
    return failed;
  }
  Loaded loaded = load_text(path, std::move(file->text), environment, machine);
  if (reading == Reading::at_start && !file->irregular.empty())
    loaded.problems.push_back(
        {.severity = Severity::warning,
         .file = path,
         .message = fmt::format("this is {}, which cannot be read again: every reload will be "
                                "refused",
                                file->irregular)});
  return loaded;
}

Loaded load_text(std::string name, std::string text, const schema::Environment& environment,
                 Machine machine) {
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  schema::Problems problems(std::vector{schema::Source{std::move(name), text}});
  Loaded loaded;
  auto paths = schema::known_paths<Config>();
  if (auto fault = check_kind(text, paths)) {
    problems.error(fault->mark, "", std::move(fault->why));
  } else if (const auto document = parse_yaml(text, problems)) {
    schema::Reader reader{problems, environment, std::move(paths)};
    schema::parse(*document, loaded.config, "", reader);
    check(loaded.config, problems);
    if (machine == Machine::this_one) check_machine(loaded.config, environment, problems);
    if (machine == Machine::started_on) check_memory(loaded.config, problems);
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
