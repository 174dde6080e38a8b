#include "cli/config_option.h"

#include <CLI/CLI.hpp>

namespace minato::cli {

void add_config_option(CLI::App& app, std::string& file) {
  app.add_option("-c,--config", file, "The configuration")
      ->type_name("FILE")
      ->capture_default_str();
}

}  // namespace minato::cli
