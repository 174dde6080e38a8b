#include "config/machine.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "config/control_socket.h"
#include "config/memory.h"
#include "schema/kinds.h"

namespace minato::config {
namespace {

using schema::in_quotes;
using schema::Problems;

void check_user(const Config& config, Problems& problems) {
  if (config.user.empty() || problems.has_error_at("user")) return;
  const auto warn = [&](std::string found) {
    problems.warning("user", {std::move(found), "a start here would fail", {}});
  };
  const passwd* const user = ::getpwnam(config.user.c_str());
  if (user == nullptr)
    warn(fmt::format("this machine has no user {}", in_quotes(config.user)));
  else if (::geteuid() != 0 && user->pw_uid != 0 && user->pw_uid != ::geteuid())
    warn(fmt::format("only root can become {}", in_quotes(config.user)));
}

bool is_directory(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

/// errno says why not.
bool can_read(const std::string& path) {
  if (!is_directory(path)) return ::access(path.c_str(), R_OK) == 0;
  errno = EISDIR;
  return false;
}

void check_token_file(const Config& config, Problems& problems) {
  if (!config.admin || config.admin->token_file.empty()) return;
  const std::string& path = config.admin->token_file;
  if (can_read(path)) return;
  problems.warning("admin.token_file",
                   {fmt::format("cannot read {}: {}", in_quotes(path), std::strerror(errno)),
                    "a start here would fail",
                    {}});
}

/// Whether a file could be made there; errno says why not.
bool can_make(const std::string& path) {
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  return ::access(folder.c_str(), W_OK | X_OK) == 0;
}

/// Whether a line could be appended to the file, or the file be made; errno says why not.
bool can_append(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return can_make(path);
  if (!is_directory(path)) return ::access(path.c_str(), W_OK) == 0;
  errno = EISDIR;
  return false;
}

/// Why nothing could listen at `path`; empty where something could. A socket that is there may be
/// that of the program which is to be reloaded.
std::string why_no_socket(const std::string& path) {
  std::error_code ignored;
  const auto there = std::filesystem::status(path, ignored);
  if (std::filesystem::is_socket(there)) return {};
  if (std::filesystem::exists(there))
    return std::filesystem::is_directory(there) ? "it is a directory"
                                                : "it is a file of another kind";
  return can_make(path) ? "" : std::strerror(errno);
}

void check_control_socket(const Config& config, const schema::Environment& environment,
                          Problems& problems) {
  if (problems.has_error_at("control_socket")) return;
  const auto runtime_directory = environment.find("XDG_RUNTIME_DIR");
  const auto path = control_socket_path(
      config.control_socket,
      operator_of_process(runtime_directory == environment.end() ? "" : runtime_directory->second));
  const std::string why = path.empty() ? "" : why_no_socket(path);
  if (why.empty()) return;
  problems.warning("control_socket",
                   {fmt::format("nothing can listen at {}: {}", in_quotes(path), why),
                    "a start here would do without it",
                    {}});
}

class LogCheck {
 public:
  explicit LogCheck(Problems& problems) : problems_(problems) {}

  /// Each file once, though services inherit theirs.
  void add(const std::string& output, const std::string& path) {
    if (output == "off" || output == "stdout" || output == "stderr") return;
    if (!seen_.insert(output).second || can_append(output)) return;
    problems_.warning(path,
                      {fmt::format("cannot write {}: {}", in_quotes(output), std::strerror(errno)),
                       "a start here would fail",
                       {}});
  }

 private:
  Problems& problems_;
  std::set<std::string> seen_;
};

/// For a person.
std::string rounded(std::uint64_t bytes) {
  const auto in = [bytes](Bytes unit) {
    return static_cast<double>(bytes) / static_cast<double>(unit.count);
  };
  return bytes < (1024_MiB).count ? fmt::format("{:.1f}MiB", in(1_MiB))
                                  : fmt::format("{:.1f}GiB", in(1024_MiB));
}

}  // namespace

void check_memory(const Config& config, Problems& problems, const std::string& root) {
  if (!config.cache || problems.has_error_at("cache.max_memory")) return;
  const Bytes wanted = config.cache->max_memory;
  const auto machine = machine_memory(), group = group_memory_limit(root);
  const bool is_groups = group && (!machine || *group < *machine);
  const auto there = is_groups ? group : machine;
  if (!there || wanted.count <= *there) return;
  problems.warning(
      "cache.max_memory",
      {fmt::format("{} is more memory than {}, {}", schema::Kind<Bytes>::show(wanted),
                   is_groups ? "the control group (cgroup) here may take" : "this machine has",
                   rounded(*there)),
       "long before the cache is full the system would end the program",
       {}});
}

void check_machine(const Config& config, const schema::Environment& environment,
                   Problems& problems) {
  check_user(config, problems);
  check_token_file(config, problems);
  check_control_socket(config, environment, problems);
  check_memory(config, problems);
  LogCheck logs(problems);
  logs.add(config.log.output, "log.output");
  logs.add(config.access_log.output, "access_log.output");
  for (std::size_t i = 0; i < config.services.size(); ++i)
    logs.add(config.services[i].access_log.output,
             fmt::format("services[{}].access_log.output", i));
}

}  // namespace minato::config
