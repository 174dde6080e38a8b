// What becomes of a connection that does not come about.
#include <gmock/gmock.h>

#include "upstream/test_pool.h"

namespace minato::upstream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(PoolTest, AFailedConnectIsToldAndItsEndToo) {
  stop_listening();
  for (int i = 0; i < 2; ++i) {
    const auto lease = try_check_out();
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().fault, Fault::refused);
    EXPECT_EQ(lease.error().side, Side::upstream);
  }
  EXPECT_THAT(news.faults, ElementsAre(Fault::refused, Fault::refused));
  EXPECT_EQ(endpoint->failed_connects(), 2u);
  EXPECT_EQ(endpoint->connections(), 0u);
  listen();
  (void)check_out();
  (void)check_out();
  EXPECT_EQ(news.recovered, 1);
}

TEST_F(PoolTest, OfFailuresWithoutEndOneASecondIsTold) {
  stop_listening();
  for (int i = 0; i < 150; ++i) EXPECT_FALSE(try_check_out());
  EXPECT_EQ(news.faults.size(), HealthOptions::fall_max);
  EXPECT_EQ(endpoint->failed_connects(), 150u);
  for (int i = 0; i < 3; ++i) {
    world.advance(1s);
    EXPECT_FALSE(try_check_out() || try_check_out());
  }
  EXPECT_EQ(news.faults.size(), HealthOptions::fall_max + 3);
  listen();
  (void)check_out();
  stop_listening();
  EXPECT_FALSE(try_check_out());
  EXPECT_EQ(news.faults.size(), HealthOptions::fall_max + 4);
}

TEST_F(PoolTest, ASilentEndpointTimesOut) {
  world.wire().silence(address);
  const auto lease = try_check_out();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().fault, Fault::timed_out);
  EXPECT_THAT(news.faults, ElementsAre(Fault::timed_out));
}

TEST_F(PoolTest, OurOwnLackOfDescriptorsIsNoFaultOfTheEndpoint) {
  network.set_streams_max(0);
  const auto lease = try_check_out();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().fault, Fault::resource);
  EXPECT_THAT(news.faults, IsEmpty());
  EXPECT_EQ(endpoint->failed_connects(), 0u);
}

/// Where the process may watch no further descriptor.
struct Exhausted final : net::Network {
  Task<Result<std::unique_ptr<net::Stream>>> connect(const net::Address&, Instant) override {
    co_return fail(Fault::closed, Side::local, "cannot watch a descriptor");
  }
  Result<std::unique_ptr<net::Listener>> listen(const net::ListenOptions&) override {
    return fail(Fault::denied, Side::local, "");
  }
};

TEST_F(PoolTest, NorIsAnyOtherFailureOfOurs) {
  Exhausted exhausted;
  pool = make_local<Pool>(loop, exhausted, news, endpoint);
  EXPECT_FALSE(try_check_out());
  EXPECT_THAT(news.faults, IsEmpty());
  EXPECT_EQ(endpoint->failed_connects(), 0u);
}

}  // namespace
}  // namespace minato::upstream
