#include "cli/control_target.h"

#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <cstring>
#include <filesystem>

#include "cli/config_option.h"
#include "config/control_socket.h"

namespace minato::cli {
namespace {

std::string runtime_directory(const schema::Environment& environment) {
  const auto found = environment.find("XDG_RUNTIME_DIR");
  return found == environment.end() ? std::string() : found->second;
}

std::string path_of(std::string_view setting, const Shell& shell) {
  return config::control_socket_path(
      setting, config::operator_of_process(runtime_directory(shell.environment)));
}

/// A file with faults still tells where the program listens that runs on an earlier version of it.
std::expected<std::string, ExitCode> path_in(const std::string& file, Shell& shell) {
  const config::Loaded loaded = config::load(file, shell.environment);
  const std::string path = path_of(loaded.config.control_socket, shell);
  if (!loaded.ok())
    fmt::print(shell.err,
               "minato: {} has faults, which `minato check` tells; as far as it can be read, its "
               "control socket is {}\n",
               file, path.empty() ? "off" : path);
  if (!path.empty()) return path;
  fmt::print(shell.err, "minato: {} says `control_socket: off`, so there is nobody to ask\n", file);
  return std::unexpected(ExitCode::failed_start);
}

std::expected<std::string, ExitCode> socket_path(const ControlTarget& target, Shell& shell) {
  if (!target.socket.empty()) return target.socket;
  std::error_code ignored;
  if (target.config.empty() && !std::filesystem::exists(default_config, ignored))
    return path_of("auto", shell);
  const std::string file = target.config.empty() ? default_config : target.config;
  if (std::filesystem::exists(file, ignored)) return path_in(file, shell);
  fmt::print(shell.err, "minato: {}: there is no such file\n", file);
  return std::unexpected(ExitCode::bad_config);
}

std::string describe(const Error& error) {
  switch (error.fault) {
    case Fault::not_found:
      return "nothing is there; is minato running? --config or --socket says where";
    case Fault::refused: return "nobody listens behind it any more; is minato running?";
    case Fault::denied:
      if (error.os_errno == 0) return error.detail;  // ours
      return "permission denied: only who started minato, and root, may ask";
    case Fault::timed_out: return "no answer in time";
    default:
      return error.os_errno != 0     ? std::strerror(error.os_errno)
             : *error.detail != '\0' ? std::string(error.detail)
                                     : std::string(name(error.fault));
  }
}

}  // namespace

void add_target_options(CLI::App& app, ControlTarget& target) {
  auto* const config = app.add_option("-c,--config", target.config,
                                      "The configuration whose control_socket is meant; without "
                                      "it config.yaml, if there is one")
                           ->type_name("FILE");
  app.add_option("-s,--socket", target.socket, "The control socket itself")
      ->type_name("PATH")
      ->excludes(config);
}

std::expected<ControlAnswer, ExitCode> ask(const ControlTarget& target, std::string_view method,
                                           std::string_view path, Shell& shell,
                                           std::string_view body) {
  auto socket = socket_path(target, shell);
  if (!socket) return std::unexpected(socket.error());
  const ControlQuestion question{.socket = *socket,
                                 .method = method,
                                 .path = path,
                                 .body = body,
                                 .user = config::operator_of_process({}).id};
  auto answer = ask(question);
  if (answer) return *std::move(answer);
  fmt::print(shell.err, "minato: control socket {}: {}\n", *socket, describe(answer.error()));
  return std::unexpected(ExitCode::failed_start);
}

}  // namespace minato::cli
