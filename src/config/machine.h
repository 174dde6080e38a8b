// What a configuration names of the machine that will run it: users, files, folders.
#pragma once

#include "config/options.h"
#include "schema/environment.h"
#include "schema/problem.h"

namespace minato::config {

/// Warns of what is not there, or not for us: a start here would fail, or lack it. No errors, since
/// a file is often checked on another machine than the one that runs it.
void check_machine(const Config& config, const schema::Environment& environment,
                   schema::Problems& problems);

/// The part of it that a start would not tell by itself. `root`: as of group_memory_limit.
void check_memory(const Config& config, schema::Problems& problems, const std::string& root = "/");

}  // namespace minato::config
