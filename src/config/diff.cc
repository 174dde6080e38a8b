#include "config/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "config/declarations.h"
#include "config/summary.h"
#include "schema/compare.h"

namespace minato::config {
namespace {

using Names = std::vector<std::string>;

std::set<std::string> listeners(const Config& config) {
  std::set<std::string> out;
  for (const ServiceConfig& service : config.services) out.insert(listener_name(service));
  return out;
}

Names only_in_first(const std::set<std::string>& first, const std::set<std::string>& second) {
  Names out;
  std::ranges::set_difference(first, second, std::back_inserter(out));
  return out;
}

void compare_services(const Config& before, const Config& after, Difference& out) {
  std::map<std::string_view, const ServiceConfig*> old;
  for (const ServiceConfig& service : before.services) old.emplace(service.name, &service);
  for (const ServiceConfig& service : after.services) {
    const auto found = old.find(service.name);
    if (found == old.end()) {
      out.services_added.push_back(service.name);
      continue;
    }
    if (*found->second != service) out.services_changed.push_back(service.name);
    old.erase(found);
  }
  for (const ServiceConfig& service : before.services)
    if (old.contains(service.name)) out.services_removed.push_back(service.name);
}

void compare_settings(const Config& before, const Config& after, Difference& out) {
  for (const auto& [path, needs_restart] : schema::changed_keys(before, after))
    if (!needs_restart && path != "services") out.settings_changed.push_back(path);
}

void compare_what_waits(const Config& started, const Config& after, Difference& out) {
  for (const auto& [path, needs_restart] : schema::changed_keys(started, after))
    if (needs_restart) out.needs_restart.push_back(path);
}

std::string why_emptied(const Config& before, const Config& after) {
  if (!before.cache) return {};
  return after.cache ? cache::why_emptied(*before.cache, *after.cache) : "there is none any more";
}

constexpr std::size_t names_shown_max = 10;

/// `ports 80, 81 added`.
void append(std::string& out, std::string_view noun, const Names& names, std::string_view what) {
  if (names.empty()) return;
  const auto shown = std::min(names.size(), names_shown_max);
  out += fmt::format(
      "{}{}{} {}", out.empty() ? "" : "; ", noun, names.size() == 1 ? "" : "s",
      fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < names.size()) out += fmt::format(" and {} more", names.size() - shown);
  out += fmt::format(" {}", what);
}

}  // namespace

bool Difference::empty() const { return *this == Difference{}; }

Difference diff(const Config& before, const Config& after) { return diff(before, after, before); }

Difference diff(const Config& before, const Config& after, const Config& started) {
  Difference out;
  const auto old_listeners = listeners(before);
  const auto new_listeners = listeners(after);
  out.listeners_added = only_in_first(new_listeners, old_listeners);
  out.listeners_removed = only_in_first(old_listeners, new_listeners);
  compare_services(before, after, out);
  compare_settings(before, after, out);
  compare_what_waits(started, after, out);
  out.cache_emptied = why_emptied(before, after);
  return out;
}

std::string to_string(const Difference& difference) {
  std::string out;
  append(out, "listener", difference.listeners_added, "added");
  append(out, "listener", difference.listeners_removed, "removed");
  append(out, "service", difference.services_added, "added");
  append(out, "service", difference.services_removed, "removed");
  append(out, "service", difference.services_changed, "changed");
  append(out, "setting", difference.settings_changed, "changed");
  append(out, "setting", difference.needs_restart, "changed, in force at the next start");
  if (!difference.cache_emptied.empty())
    out += fmt::format("{}cache emptied: {}", out.empty() ? "" : "; ", difference.cache_emptied);
  return out.empty() ? "nothing changed" : out;
}

}  // namespace minato::config
