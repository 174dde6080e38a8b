// From a file to a configuration, with everything that is wrong with it.
//
// Reads the file and nothing else, unless it is asked to look at the machine; starts nothing. The
// same text and environment always give the same.
#pragma once

#include <string>
#include <vector>

#include "config/options.h"
#include "schema/environment.h"
#include "schema/problem.h"

namespace minato::config {

struct Loaded {
  Config config;                          ///< effective values; to be used only where `ok`
  std::vector<schema::Problem> problems;  ///< errors and warnings, in the order of the file

  bool ok() const;
};

/// Whether to warn of what this machine lacks.
enum class Machine : std::uint8_t {
  any,
  this_one,
  started_on,  ///< of what the start itself does not tell
};

/// Which time a file is read for.
enum class Reading : std::uint8_t {
  once,      ///< and not again
  at_start,  ///< warns of a file that cannot be read again
  again,     ///< waits for nobody: the program serves meanwhile. A regular file alone will do
};

Loaded load(const std::string& path, const schema::Environment& environment,
            Machine machine = Machine::any, Reading reading = Reading::once);
/// The same for a text that was read already; `name` stands for the path in messages.
Loaded load_text(std::string name, std::string text, const schema::Environment& environment,
                 Machine machine = Machine::any);

/// The variables of a process: `environ`, as main hands it down.
schema::Environment environment_of(const char* const* environ);

/// Every problem rendered, a blank line between them, and how many there were.
std::string render(const std::vector<schema::Problem>& problems);

}  // namespace minato::config
