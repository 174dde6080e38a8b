#include "base/version.h"

#include <fmt/ostream.h>

#include "cli/command.h"

namespace minato::cli {

Action declare_version(CLI::App&) {
  return [](Shell& shell) {
    fmt::print(shell.out, "minato {}\n", version);
    return ExitCode::ok;
  };
}

}  // namespace minato::cli
