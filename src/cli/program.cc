#include "cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "base/version.h"
#include "cli/usage.h"

namespace minato::cli {
namespace {

constexpr std::array commands = {
    Command{"run", "Serve, as a configuration says. This is what minato does without a command.",
            declare_run},
    Command{"check", "Tell everything that is wrong with a configuration, or what it would serve.",
            declare_check},
    Command{"reload", "Make the running minato read its configuration again.", declare_reload},
    Command{"status", "Tell how the running minato is, with its services and endpoints.",
            declare_status},
    Command{"purge", "Make the running minato forget stored responses.", declare_purge},
    Command{"cache", "Tell what the running minato has stored, or explain one stored URL.",
            declare_cache},
    Command{"demo", "Try it: a proxy and two small origins in one process.", declare_demo},
    Command{"version", "Print the version.", declare_version},
    Command{"reference", "Print the reference of the configuration, as Markdown.",
            declare_reference, Visibility::hidden},
};

constexpr const char* exit_codes =
    "Exit codes: 0 success; 1 a bad configuration, a refused reload, or no cache to\n"
    "purge or to ask; 2 bad usage, a purge of what is no URL, host or tag among it;\n"
    "3 cannot start, nobody answers, or the output cannot be written.";

Action add_subcommand(CLI::App& app, const Command& command) {
  CLI::App& sub = *app.add_subcommand(std::string(command.name), std::string(command.summary));
  if (command.visibility == Visibility::hidden) sub.group("");
  return command.declare(sub);
}

/// An option before a command is none of the command's: it would be passed over in silence.
void refuse_misplaced_options(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options())
    if (option->count() > 0)
      throw CLI::ExtrasError("minato", {option->get_name() + ": belongs behind the command"});
}

/// What was not understood is why something is missing, more often than not.
ExitCode tell(const CLI::ParseError& error, const CLI::App& app, Shell& shell) {
  const bool is_fault = error.get_exit_code() != 0;
  if (const auto unknown = is_fault ? unknown_word(app) : std::string(); !unknown.empty()) {
    shell.err << unknown << "Run with --help for more information.\n";
    return ExitCode::bad_usage;
  }
  return app.exit(error, shell.out, shell.err) == 0 ? ExitCode::ok : ExitCode::bad_usage;
}

/// What a command has written may still be in a buffer, or lost: then it has not done what was
/// asked.
ExitCode flush(Shell& shell, ExitCode code) {
  shell.out.flush();
  if (shell.out) return code;
  shell.err << "minato: the output cannot be written\n";
  return code == ExitCode::ok ? ExitCode::failed_start : code;
}

ExitCode run_words(std::vector<std::string> arguments, Shell& shell) {
  CLI::App app("A reverse proxy and load balancer.", "minato");
  app.footer(exit_codes);
  app.set_version_flag("--version", fmt::format("minato {}", version));
  app.require_subcommand(0, 1);
  const Action without_command = declare_run(app);
  std::array<Action, commands.size()> actions;
  std::ranges::transform(commands, actions.begin(),
                         [&](const Command& command) { return add_subcommand(app, command); });
  std::ranges::reverse(arguments);  // as the library takes them
  try {
    app.parse(std::move(arguments));
    if (!app.get_subcommands().empty()) refuse_misplaced_options(app);
  } catch (const CLI::ParseError& error) {
    return tell(error, app, shell);
  }
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (app.got_subcommand(std::string(commands[i].name))) return actions[i](shell);
  return without_command(shell);
}

}  // namespace

ExitCode run_command_line(std::vector<std::string> arguments, Shell& shell) {
  return flush(shell, run_words(std::move(arguments), shell));
}

}  // namespace minato::cli
