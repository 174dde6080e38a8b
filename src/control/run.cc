#include "control/run.h"

#include <fmt/format.h>

#include <cstdio>

#include "control/process.h"
#include "control/signals.h"

namespace minato::control {
namespace {

void say(std::string_view text) { fmt::print(stderr, "{}\n", text); }

}  // namespace

ExitCode run(const RunOptions& options) {
  block_requests();
  config::Loaded loaded = options.load();  // may wait for a pipe's writer: still to be interrupted
  block_signals();
  if (!loaded.ok()) {
    fmt::print(stderr, "{}", config::render(loaded.problems));
    return ExitCode::bad_config;
  }
  auto process = Process::make(options, std::move(loaded.config));
  if (!process) {
    say(fmt::format("minato: {}", process.error()));
    return ExitCode::failed_start;
  }
  (*process)->warn(loaded.problems);
  if (auto ran = (*process)->run(); !ran) {
    say(fmt::format("minato: {}", ran.error()));
    return ExitCode::failed_start;
  }
  return ExitCode::ok;
}

}  // namespace minato::control
