#include "control/wording.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "net/ports.h"

namespace minato::control {

void say_problems(observe::Log& log, const std::vector<schema::Problem>& problems) {
  for (const schema::Problem& problem : problems)
    log.say(problem.severity == schema::Severity::error ? observe::LogLevel::error
                                                        : observe::LogLevel::warn,
            "config.problem", schema::headline(problem));
}

std::vector<std::string> lines_of(const config::Difference& difference) {
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& names, std::string_view form) {
    for (const std::string& item : names) lines.push_back(fmt::format(fmt::runtime(form), item));
  };
  add(difference.listeners_added, "listener {} added");
  add(difference.listeners_removed, "listener {} removed");
  add(difference.services_added, "service {} added");
  add(difference.services_removed, "service {} removed");
  add(difference.services_changed, "service {} changed");
  add(difference.settings_changed, "{} changed");
  add(difference.needs_restart, "{} changed: takes effect at the next start");
  if (!difference.cache_emptied.empty())
    lines.push_back(fmt::format("cache emptied: {}", difference.cache_emptied));
  return lines;
}

std::string describe_open_failure(const net::Address& address, const Error& error) {
  if (error.os_errno != EADDRINUSE)
    return fmt::format("cannot listen on {}: {}", address.text(), std::strerror(error.os_errno));
  const auto holder = net::holder_of(address);
  if (!holder) return fmt::format("cannot listen on {}: another program holds it", address.text());
  return fmt::format("cannot listen on {}: {} (process {}) holds it", address.text(), holder->name,
                     holder->pid);
}

}  // namespace minato::control
