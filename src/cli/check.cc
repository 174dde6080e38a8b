#include <fmt/ostream.h>

#include <memory>

#include "cli/command.h"
#include "cli/config_option.h"
#include "config/summary.h"

namespace minato::cli {
namespace {

ExitCode check(const std::string& file, Shell& shell) {
  const config::Loaded loaded = config::load(file, shell.environment, config::Machine::this_one);
  shell.err << config::render(loaded.problems);
  if (!loaded.ok()) return ExitCode::bad_config;
  fmt::print(shell.out, "{} is good: {}", file, config::summary(loaded.config));
  return ExitCode::ok;
}

}  // namespace

Action declare_check(CLI::App& app) {
  const auto file = std::make_shared<std::string>(default_config);
  add_config_option(app, *file);
  return [file](Shell& shell) { return check(*file, shell); };
}

}  // namespace minato::cli
