#include <fmt/format.h>

#include <map>

#include "config/check.h"

namespace minato::config {
namespace {

using cache::ServiceCacheOptions;
using schema::Problems;

/// Of two rules for one path, which counts would be a guess.
void check_force(const ServiceCacheOptions& options, const std::string& path, Problems& problems) {
  std::map<std::string, std::size_t> holders;
  for (std::size_t i = 0; i < options.force.size(); ++i) {
    std::string prefix = options.force[i].path;
    if (prefix.empty()) continue;
    if (prefix.ends_with('/')) prefix.pop_back();
    const auto [holder, added] = holders.try_emplace(std::move(prefix), i);
    if (added) continue;
    const std::string first = fmt::format("{}.force[{}]", path, holder->second);
    problems.error(
        fmt::format("{}.force[{}].path", path, i),
        {fmt::format("{} stands in {} (line {}) already", schema::in_quotes(options.force[i].path),
                     first, problems.mark_of(first).line),
         "allowed: each path once",
         {}});
  }
}

void check_bypass(const ServiceCacheOptions& options, const std::string& path, Problems& problems) {
  for (std::size_t i = 0; i < options.bypass.size(); ++i)
    if (options.bypass[i].empty() &&
        !problems.has_error_within(fmt::format("{}.bypass[{}]", path, i)))
      problems.error(fmt::format("{}.bypass[{}]", path, i),
                     {"it says nothing of a request", "needed: cookie, header or path", {}});
}

/// What `only` leaves of the query needs no `ignore`; with both, one of them was a mistake.
void check_key(const ServiceCacheOptions& options, const std::string& path, Problems& problems) {
  const auto& query = options.key.query;
  const std::string ignore = path + ".key.query.ignore", only = path + ".key.query.only";
  const bool stated = problems.is_stated(ignore) || problems.is_stated(only);
  if (!stated || query.ignore.empty() || query.only.empty()) return;
  const bool at_only = problems.is_stated(only);
  const std::string_view other = at_only ? "ignore" : "only";
  problems.error(at_only ? only : ignore,
                 {fmt::format("there is {} beside it", other),
                  fmt::format("allowed: one of them; {}: [] undoes what stands at the top", other),
                  {}});
}

void check_options(const ServiceCacheOptions& options, const std::string& path,
                   Problems& problems) {
  // What a service takes over from the top was looked at there.
  if (problems.is_stated(path + ".force")) check_force(options, path, problems);
  if (problems.is_stated(path + ".bypass")) check_bypass(options, path, problems);
  check_key(options, path, problems);
}

/// `room` is of all that is stored.
void check_body_size(const ServiceCacheOptions& options, Bytes room, const std::string& path,
                     Problems& problems) {
  const std::string size = path + ".max_body_size";
  if (!problems.is_stated(size) || options.max_body_size <= room) return;
  const auto shown = schema::Kind<Bytes>::show;
  problems.warning(size, {fmt::format("{} is greater than max_memory {}",
                                      shown(options.max_body_size), shown(room)),
                          "a body of that size is never stored",
                          {}});
}

/// A service that wants no cache has what it wants; what is wrong there is told first.
void check_without_cache(const ServiceCacheOptions& options, const std::string& path,
                         Problems& problems) {
  if (!problems.is_stated(path) || !options.enabled || problems.has_error_within(path)) return;
  problems.warning(path, {"has no effect: the file has no `cache` at the top",
                          "to have one, add `cache: {}` there",
                          {}});
}

void check_service(const Config& config, const ServiceCacheOptions& options,
                   const std::string& path, Problems& problems) {
  check_options(options, path, problems);
  if (config.cache)
    check_body_size(options, config.cache->max_memory, path, problems);
  else
    check_without_cache(options, path, problems);
}

}  // namespace

void check_cache(const Config& config, Problems& problems) {
  if (config.cache) {
    check_options(config.cache->service, "cache", problems);
    check_body_size(config.cache->service, config.cache->max_memory, "cache", problems);
  }
  for (std::size_t i = 0; i < config.services.size(); ++i)
    check_service(config, config.services[i].cache, fmt::format("services[{}].cache", i), problems);
}

}  // namespace minato::config
