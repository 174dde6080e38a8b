#include "control/run.h"

#include <unistd.h>

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "config.yaml";
  const auto environment = minato::config::environment_of(environ);
  return static_cast<int>(minato::control::run(
      {.load = [&] { return minato::config::load(path, environment); }, .config_path = path}));
}
