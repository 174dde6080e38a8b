#include "upstream/pools.h"

#include "upstream/test_pool.h"

namespace minato::upstream {
namespace {

TEST_F(PoolTest, TheSameEndpointFindsItsPoolAgain) {
  Pools pools(loop, network, news);
  {
    pool = pools.of(*endpoint);
    idle_connection();
    pool = make_local<Pool>(loop, network, news, endpoint);
  }
  EXPECT_EQ(pools.of(*endpoint)->idle_count(), 1u);
  pools.clear();
  EXPECT_EQ(pools.of(*endpoint)->idle_count(), 0u);
}

TEST_F(PoolTest, APoolStaysWhileItsEndpointIsNamedOrInUse) {
  Pools pools(loop, network, news);
  (void)pools.of(*endpoint);
  pools.forget_unnamed();
  EXPECT_EQ(endpoint.use_count(), 3) << "the test's, its pool's, and the one made here";
  endpoint->set_named(Named::no);
  {
    const auto in_use = pools.of(*endpoint);
    pools.forget_unnamed();
    EXPECT_EQ(endpoint.use_count(), 3);
  }
  pools.forget_unnamed();
  EXPECT_EQ(endpoint.use_count(), 2);
}

TEST_F(PoolTest, WhatWasLearntStaysWhereNothingWaits) {
  Pools pools(loop, network, news);
  pool = pools.of(*endpoint);
  idle_connection("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=10\r\nContent-Length: 0\r\n\r\n");
  world.advance(8s);
  EXPECT_EQ(pool->idle_count(), 0u);
  pool = LocalRef<Pool>();
  const auto another = std::make_shared<Endpoint>(EndpointId{2}, "http://c", address);
  (void)pools.of(*another);
  pool = pools.of(*endpoint);
  idle_connection();
  world.advance(8s);
  EXPECT_EQ(pool->idle_count(), 0u);
}

}  // namespace
}  // namespace minato::upstream
