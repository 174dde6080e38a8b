// Crowds of clients in front of the cache.
//
//   MINATO_SEEDS=N   seeds 1 to N instead of 1 to 1,000
//   MINATO_SEED=S    that seed alone
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "scenario/cache_crowd.h"

namespace minato::scenario {
namespace {

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(CacheCrowd, GetsWhatAnOriginSaidAndAllOfIt) {
  const std::uint64_t alone = number_of("MINATO_SEED", 0);
  const std::uint64_t last = alone != 0 ? alone : number_of("MINATO_SEEDS", 1'000);
  int answers = 0, origin_requests = 0, purges = 0, reloads = 0;
  for (std::uint64_t seed = std::max<std::uint64_t>(alone, 1); seed <= last && !HasFailure();
       ++seed) {
    const CrowdReport report = run_crowd(seed);
    answers += report.answers;
    origin_requests += report.origin_requests;
    purges += report.purges, reloads += report.reloads;
    if (report.violations.empty()) continue;
    ADD_FAILURE() << fmt::format(
        "seed {}:\n  {}\nagain: MINATO_SEED={} scenario_test --gtest_filter='CacheCrowd.*'", seed,
        fmt::join(report.violations, "\n  "), seed);
  }
  fmt::print(
      "{} answers came whole, for {} requests to origins, {} purges and {} reloads between\n",
      answers, origin_requests, purges, reloads);
}

}  // namespace
}  // namespace minato::scenario
