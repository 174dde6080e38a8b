// Random exchanges under the ledger's eyes.
//
//   MINATO_SEEDS=N   how many seeds each test runs (default 1000)
//   MINATO_SEED=S    that seed alone
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "scenario/random_run.h"

namespace minato::scenario {
namespace {

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void expect_no_violation(const RunReport& report) {
  if (report.violations.empty()) return;
  std::string text;
  for (const std::string& violation : report.violations) text += "\n  " + violation;
  text += "\nof";
  for (const std::string& line : report.plan) text += "\n  " + line;
  ADD_FAILURE() << fmt::format("seed {}:{}\nagain: MINATO_SEED={} scenario_test --gtest_filter={}",
                               report.seed, text, report.seed,
                               testing::UnitTest::GetInstance()->current_test_info()->name());
}

void run_seeds(const MakeMiddle& make_middle, bool is_proxy) {
  const std::uint64_t one = number_of("MINATO_SEED", 0);
  const std::uint64_t first = one != 0 ? one : 1;
  const std::uint64_t last = one != 0 ? one : number_of("MINATO_SEEDS", 1000);
  int begun = 0, completed = 0;
  for (std::uint64_t seed = first; seed <= last && !testing::Test::HasFailure(); ++seed) {
    const RunReport report = run_seed(seed, make_middle, is_proxy);
    expect_no_violation(report);
    begun += report.begun;
    completed += report.completed;
  }
  fmt::print("{} exchanges, of which {} came whole from an origin\n", begun, completed);
}

TEST(RandomExchanges, ClientsAndOriginsUnderstandEachOther) { run_seeds(make_direct, false); }
TEST(RandomExchanges, SurviveARelayOfBytes) { run_seeds(make_relay, false); }

}  // namespace
}  // namespace minato::scenario
