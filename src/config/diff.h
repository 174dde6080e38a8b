// What a reload would change.
#pragma once

#include <string>
#include <vector>

#include "config/options.h"

namespace minato::config {

struct Difference {
  std::vector<std::string> listeners_added;  ///< `*:80`, `10.0.0.1:80`
  std::vector<std::string> listeners_removed;
  std::vector<std::string> services_added;  ///< by name
  std::vector<std::string> services_removed;
  std::vector<std::string> services_changed;
  std::vector<std::string> settings_changed;  ///< `log.level`: in force at once
  std::vector<std::string> needs_restart;     ///< in force at the next start
  std::string cache_emptied;                  ///< why; empty: it was not, or there was none

  bool empty() const;
  friend bool operator==(const Difference&, const Difference&) = default;
};

/// Both are effective configurations without errors. Services are the same where their names are.
Difference diff(const Config& before, const Config& after);
/// The same, where what needs a restart is still as it was in `started`.
Difference diff(const Config& before, const Config& after, const Config& started);

/// In one line for a log: `listener *:81 added; service api changed`. `nothing changed` where it is
/// so.
std::string to_string(const Difference& difference);

}  // namespace minato::config
