// What of the cache a reload that keeps it has to drop, as purges would not find it.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "control/snapshot.h"

namespace minato::control {

using Stamps = std::set<std::string, std::less<>>;

/// The stamps of rules for the query that are for other URLs in `after` than in `before`. While a
/// URL is without its rules, no purge of it finds what is stored under them: that goes with them,
/// and once more when they come back, as exchanges that began under them may have stored meanwhile.
Stamps changed_stamps(const Snapshot& before, const Snapshot& after);

}  // namespace minato::control
