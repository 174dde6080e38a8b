#include "observe/counters.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace minato::observe {
namespace {

TEST(Counters, SumOverWorkers) {
  std::vector<Counters> workers(3);
  workers[0].add(Counter::requests);
  workers[2].add(Counter::requests, 41);
  workers[1].add(Counter::bytes_in, 7);
  EXPECT_EQ(sum(workers, Counter::requests), 42u);
  EXPECT_EQ(sum(workers, Counter::bytes_in), 7u);
  EXPECT_EQ(sum(workers, Counter::retries), 0u);
}

TEST(Counters, ALevelMayRiseOnOneWorkerAndFallOnAnother) {
  std::vector<Counters> workers(2);
  workers[0].add(Counter::connections_open, 5);
  workers[1].subtract(Counter::connections_open, 2);
  EXPECT_EQ(sum(workers, Counter::connections_open), 3u);
}

TEST(Counters, AreReadWhileAWorkerCounts) {
  std::vector<Counters> workers(1);
  std::thread worker([&] {
    for (int i = 0; i < 10'000; ++i) workers[0].add(Counter::requests);
  });
  std::uint64_t last = 0;
  while (last < 10'000) {
    const auto now = sum(workers, Counter::requests);
    EXPECT_GE(now, last);
    last = now;
  }
  worker.join();
}

TEST(Counters, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const CounterRow& row : counter_rows()) EXPECT_TRUE(names.insert(row.name).second);
}

TEST(Counters, TellTheClassOfAStatus) {
  EXPECT_EQ(responses_of(101), Counter::responses_1xx);
  EXPECT_EQ(responses_of(200), Counter::responses_2xx);
  EXPECT_EQ(responses_of(304), Counter::responses_3xx);
  EXPECT_EQ(responses_of(431), Counter::responses_4xx);
  EXPECT_EQ(responses_of(599), Counter::responses_5xx);
  EXPECT_EQ(responses_of(999), Counter::responses_5xx);
  EXPECT_EQ(responses_of(0), Counter::responses_5xx);
}

}  // namespace
}  // namespace minato::observe
