// Which running program a command speaks to, and the words for when it does not answer.
#pragma once

#include <expected>
#include <string>

#include "cli/command.h"
#include "cli/control_client.h"

namespace minato::cli {

/// The options of commands that speak to the running program.
struct ControlTarget {
  std::string config;  ///< whose control_socket is meant; empty: config.yaml, if it is there
  std::string socket;  ///< empty: as the configuration says
};

void add_target_options(CLI::App& app, ControlTarget& target);

/// Asks it. What went wrong is on `shell.err` then, and the exit code is the error.
std::expected<ControlAnswer, ExitCode> ask(const ControlTarget& target, std::string_view method,
                                           std::string_view path, Shell& shell,
                                           std::string_view body = {});

}  // namespace minato::cli
