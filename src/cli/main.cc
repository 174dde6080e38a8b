#include <unistd.h>

#include <iostream>

#include "cli/program.h"

int main(int argc, char** argv) {
  minato::cli::Shell shell{
      .out = std::cout, .err = std::cerr, .environment = minato::config::environment_of(environ)};
  return static_cast<int>(minato::cli::run_command_line({argv + 1, argv + argc}, shell));
}
