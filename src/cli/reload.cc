#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/command.h"
#include "cli/control_target.h"
#include "cli/report.h"

namespace minato::cli {
namespace {

ExitCode reload(const ControlTarget& target, Shell& shell) {
  const auto answer = ask(target, "POST", "/reload", shell);
  if (!answer) return answer.error();
  const Report report = reload_report(answer->status, answer->body);
  shell.out << report.out;
  shell.err << report.err;
  return answer->status == 200 ? ExitCode::ok : ExitCode::bad_config;
}

}  // namespace

Action declare_reload(CLI::App& app) {
  const auto target = std::make_shared<ControlTarget>();
  add_target_options(app, *target);
  return [target](Shell& shell) { return reload(*target, shell); };
}

}  // namespace minato::cli
