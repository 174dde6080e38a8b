#include <fmt/format.h>

#include "config/check.h"

namespace minato::config {
namespace {

using cache::ServiceCacheOptions;
using schema::Problems;

void check_bypass(const ServiceCacheOptions& options, const std::string& path, Problems& problems) {
  for (std::size_t i = 0; i < options.bypass.size(); ++i)
    if (options.bypass[i].empty() && !problems.has_error_at(fmt::format("{}.bypass[{}]", path, i)))
      problems.error(fmt::format("{}.bypass[{}]", path, i),
                     {"it says nothing of a request", "needed: cookie, header or path", {}});
}

void check_options(const ServiceCacheOptions& options, const std::string& path,
                   Problems& problems) {
  // What a service takes over from the top was looked at there.
  if (problems.is_stated(path + ".bypass")) check_bypass(options, path, problems);
}

}  // namespace

void check_cache(const Config& config, Problems& problems) {
  if (config.cache) check_options(config.cache->service, "cache", problems);
  for (std::size_t i = 0; i < config.services.size(); ++i)
    check_options(config.services[i].cache, fmt::format("services[{}].cache", i), problems);
}

}  // namespace minato::config
