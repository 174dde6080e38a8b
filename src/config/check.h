// What no single key can show: settings that do not go together.
#pragma once

#include "config/options.h"
#include "schema/problem.h"

namespace minato::config {

/// Reports everything that is wrong between the settings of `config`. What was rejected before,
/// and so holds nothing, is passed over.
void check(const Config& config, schema::Problems& problems);

/// The part of it that is about the cache.
void check_cache(const Config& config, schema::Problems& problems);

}  // namespace minato::config
