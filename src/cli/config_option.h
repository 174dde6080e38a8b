// The option --config, which several commands have.
#pragma once

#include <string>

#include "cli/command.h"

namespace minato::cli {

inline constexpr const char* default_config = "config.yaml";

/// `file` keeps what it holds where the option is not given.
void add_config_option(CLI::App& app, std::string& file);

}  // namespace minato::cli
