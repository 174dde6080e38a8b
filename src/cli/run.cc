#include <memory>

#include "cli/command.h"
#include "cli/config_option.h"

namespace minato::cli {

Action declare_run(CLI::App& app) {
  const auto file = std::make_shared<std::string>(default_config);
  add_config_option(app, *file);
  return [file](Shell& shell) {
    const auto load = [&](config::Reading reading) {
      return config::load(*file, shell.environment, config::Machine::started_on, reading);
    };
    return control::run({.load = [&] { return load(config::Reading::at_start); },
                         .reload = [&] { return load(config::Reading::again); },
                         .config_path = *file});
  };
}

}  // namespace minato::cli
