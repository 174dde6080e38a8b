#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/command.h"
#include "cli/control_target.h"
#include "cli/report.h"

namespace minato::cli {
namespace {

struct Options {
  ControlTarget target;
  bool json = false;
};

ExitCode status(const Options& options, Shell& shell) {
  const auto answer = ask(options.target, "GET", "/status", shell);
  if (!answer) return answer.error();
  if (options.json && answer->status == 200) {
    shell.out << answer->body;
    return ExitCode::ok;
  }
  const Report report = status_report(answer->status, answer->body);
  shell.out << report.out;
  shell.err << report.err;
  return answer->status == 200 ? ExitCode::ok : ExitCode::failed_start;
}

}  // namespace

Action declare_status(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_target_options(app, options->target);
  app.add_flag("--json", options->json, "The answer as the program gives it");
  return [options](Shell& shell) { return status(*options, shell); };
}

}  // namespace minato::cli
