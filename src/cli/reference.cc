#include "config/reference.h"

#include "cli/command.h"

namespace minato::cli {

Action declare_reference(CLI::App&) {
  return [](Shell& shell) {
    shell.out << config::reference();
    return ExitCode::ok;
  };
}

}  // namespace minato::cli
