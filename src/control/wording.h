// What the control thread says, in words.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "config/diff.h"
#include "net/address.h"
#include "observe/log.h"
#include "schema/problem.h"

namespace minato::control {

/// A line each, under `config.problem`.
void say_problems(observe::Log& log, const std::vector<schema::Problem>& problems);

/// A line each; none where nothing differs.
std::vector<std::string> lines_of(const config::Difference& difference);

/// "cannot listen on [::]:80: nginx (process 4711) holds it".
std::string describe_open_failure(const net::Address& address, const Error& error);

}  // namespace minato::control
