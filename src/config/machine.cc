#include "config/machine.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

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

/// Whether a line could be appended to the file, or the file be made; errno says why not.
bool can_append(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) {
    if (!is_directory(path)) return ::access(path.c_str(), W_OK) == 0;
    errno = EISDIR;
    return false;
  }
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  return ::access(folder.c_str(), W_OK | X_OK) == 0;
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

}  // namespace

void check_machine(const Config& config, Problems& problems) {
  check_user(config, problems);
  check_token_file(config, problems);
  LogCheck logs(problems);
  logs.add(config.log.output, "log.output");
  logs.add(config.access_log.output, "access_log.output");
  for (std::size_t i = 0; i < config.services.size(); ++i)
    logs.add(config.services[i].access_log.output,
             fmt::format("services[{}].access_log.output", i));
}

}  // namespace minato::config
