// The command line, from its words to the exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace minato::cli {

/// `arguments` without the name of the program.
ExitCode run_command_line(std::vector<std::string> arguments, Shell& shell);

}  // namespace minato::cli
