// Random exchanges under the ledger's eyes.
//
//   MINATO_SEEDS=N   seeds 1 to N instead of 1 to 10,000
//   MINATO_SEED=S    that seed alone
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "scenario/house.h"
#include "scenario/random_run.h"

namespace minato::scenario {
namespace {

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void expect_no_violation(const RunReport& report) {
  if (report.violations.empty()) return;
  const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
  ADD_FAILURE() << fmt::format(
      "seed {}:\n  {}\nof\n  {}\nagain: MINATO_SEED={} scenario_test --gtest_filter='{}.{}'",
      report.seed, fmt::join(report.violations, "\n  "), fmt::join(report.plan, "\n  "),
      report.seed, test.test_suite_name(), test.name());
}

/// Every `step`th seed from `first` on, until one fails.
void run_seeds(const MakeMiddle& make_middle, bool is_proxy, std::uint64_t first,
               std::uint64_t step) {
  const std::uint64_t alone = number_of("MINATO_SEED", 0);
  if (alone != 0) return expect_no_violation(run_seed(alone, make_middle, is_proxy));
  const std::uint64_t last = number_of("MINATO_SEEDS", 10'000);
  int begun = 0, completed = 0;
  for (std::uint64_t seed = first; seed <= last && !testing::Test::HasFailure(); seed += step) {
    const RunReport report = run_seed(seed, make_middle, is_proxy);
    expect_no_violation(report);
    begun += report.begun;
    completed += report.completed;
  }
  fmt::print("{} exchanges, of which {} came whole from an origin\n", begun, completed);
}

// Shares of the seeds, so that they can run side by side.
constexpr std::uint64_t shares = 4;
class RandomExchanges : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, RandomExchanges, testing::Range<std::uint64_t>(1, shares + 1));

TEST_P(RandomExchanges, PassThroughMinatoUnharmed) {
  run_seeds(make_house, true, GetParam(), shares);
}

// Clients, origins and their judge by themselves: some of the seeds will do.
TEST(RandomExchangesThemselves, NeedNoMiddle) { run_seeds(make_direct, false, 1, 10); }
TEST(RandomExchangesThemselves, SurviveARelayOfBytes) { run_seeds(make_relay, false, 1, 10); }

}  // namespace
}  // namespace minato::scenario
