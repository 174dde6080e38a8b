#include "config/control_socket.h"

#include <pwd.h>
#include <unistd.h>  // layers: the command line and the program must agree on who runs it

#include <utility>

namespace minato::config {
namespace {

std::string user_name(uid_t user) {
  const passwd* const entry = ::getpwuid(user);
  return entry != nullptr ? entry->pw_name : std::to_string(user);
}

std::string runtime_directory(const Operator& who) {
  if (who.root) return "/run";
  return who.runtime_directory.empty() ? "/tmp" : who.runtime_directory;
}

}  // namespace

Operator operator_of_process(std::string runtime_directory) {
  const uid_t user = ::geteuid();
  return {.user = user_name(user),
          .root = user == 0,
          .runtime_directory = std::move(runtime_directory),
          .id = user};
}

std::string control_socket_path(std::string_view setting, const Operator& who) {
  if (setting == "off") return {};
  if (setting != "auto") return std::string(setting);
  return runtime_directory(who) + "/minato-" + who.user + ".sock";
}

}  // namespace minato::config
