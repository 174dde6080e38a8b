// Runs the program from its configuration to its last exchange.
#pragma once

#include <functional>
#include <string>

#include "config/load.h"

namespace minato::control {

/// What a command of the shell is told at the end.
enum class ExitCode : int { ok = 0, bad_config = 1, bad_usage = 2, failed_start = 3 };

struct RunOptions {
  std::function<config::Loaded()> load;    ///< reads the configuration, at the start
  std::function<config::Loaded()> reload;  ///< the same at each reload: waits for nobody
  std::string config_path;                 ///< for messages; empty where it is not a file's
  std::function<void()> started = [] {};   ///< called once, when every port takes connections
};

/// Returns when the program was told to end (SIGTERM, SIGINT) and has, or could not start. Says on
/// standard error why not. To be called before any other thread is started, but those that block
/// every signal.
ExitCode run(const RunOptions& options);

}  // namespace minato::control
