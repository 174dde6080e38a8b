#include <memory>

#include "cli/command.h"
#include "cli/config_option.h"

namespace minato::cli {

Action declare_run(CLI::App& app) {
  const auto file = std::make_shared<std::string>(default_config);
  add_config_option(app, *file);
  return [file](Shell& shell) {
    return control::run(
        {.load = [&] { return config::load(*file, shell.environment); }, .config_path = *file});
  };
}

}  // namespace minato::cli
