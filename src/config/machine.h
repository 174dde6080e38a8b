// What a configuration names of the machine that will run it: users, files, folders.
#pragma once

#include "config/options.h"
#include "schema/problem.h"

namespace minato::config {

/// Warns of what is not there, or not for us: a start here would fail. No errors, since a file is
/// often checked on another machine than the one that runs it.
void check_machine(const Config& config, schema::Problems& problems);

}  // namespace minato::config
