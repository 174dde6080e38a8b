#include "cli/usage.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "schema/nearest.h"
#include "schema/problem.h"

namespace minato::cli {
namespace {

using Names = std::vector<std::string>;

/// `--tag`, with those of its groups. Each group has a --help of its own.
void add_options(const CLI::App& app, Names& names) {
  for (const CLI::Option* const option : app.get_options()) {
    if (option == app.get_help_ptr()) continue;
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const CLI::App* const part : app.get_subcommands([](const CLI::App*) { return true; }))
    if (part->get_name().empty()) add_options(*part, names);
}

/// Those that --help lists.
void add_commands(const CLI::App& app, Names& names) {
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!command->get_name().empty() && !command->get_group().empty())
      names.push_back(command->get_name());
}

bool has_commands(const CLI::App& app) {
  Names names;
  add_commands(app, names);
  return !names.empty();
}

/// Whose command line holds what was not understood: a command's, or the program's.
const CLI::App& owner_of_rest(const CLI::App& app) {
  for (const CLI::App* const command : app.get_subcommands())
    if (app.remaining().empty() && !command->remaining().empty()) return *command;
  return app;
}

std::string path_of(const CLI::App& app) {
  const CLI::App* const parent = app.get_parent();
  return parent == nullptr ? app.get_name() : path_of(*parent) + " " + app.get_name();
}

std::string described(const CLI::App& app, std::string_view word) {
  const bool is_command = !word.starts_with('-') && has_commands(app);
  Names names;
  if (is_command) {
    add_commands(app, names);
  } else {
    add_options(app, names);
    names.emplace_back("--help");
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view meant = schema::nearest(word, known);
  return fmt::format("{}: {} is no {}; {}\n", path_of(app), schema::in_quotes(word),
                     is_command ? "command" : "option",
                     meant.empty() ? "there is " + schema::alternatives(known)
                                   : fmt::format("did you mean {}?", meant));
}

}  // namespace

std::string unknown_word(const CLI::App& app) {
  const CLI::App& owner = owner_of_rest(app);
  const auto rest = owner.remaining();
  if (rest.empty()) return {};
  const std::string_view word = rest.front();
  return described(owner, word.substr(0, word.starts_with('-') ? word.find('=') : word.npos));
}

std::string refuse_empty(const std::string& value) {
  return value.empty() ? "it is empty" : std::string();
}

}  // namespace minato::cli
