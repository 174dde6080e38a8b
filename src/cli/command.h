// What a subcommand is. Each has a file of its own and a row in program.cc.
#pragma once

#include <functional>
#include <ostream>
#include <string_view>

#include "control/run.h"
#include "schema/environment.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace minato::cli {

using control::ExitCode;

/// What a command has of the world around it.
struct Shell {
  std::ostream& out;  ///< what was asked for
  std::ostream& err;  ///< what went wrong
  schema::Environment environment;
};

/// Runs the command, with the options that were given.
using Action = std::function<ExitCode(Shell&)>;

enum class Visibility : bool { shown, hidden };

struct Command {
  std::string_view name;
  std::string_view summary;
  /// Declares the options on `app`; the action reads them once the command line is parsed.
  Action (*declare)(CLI::App& app);
  Visibility visibility = Visibility::shown;
};

Action declare_run(CLI::App& app);
Action declare_check(CLI::App& app);
Action declare_reload(CLI::App& app);
Action declare_status(CLI::App& app);
Action declare_purge(CLI::App& app);
Action declare_cache(CLI::App& app);
Action declare_demo(CLI::App& app);
Action declare_version(CLI::App& app);
Action declare_reference(CLI::App& app);

}  // namespace minato::cli
