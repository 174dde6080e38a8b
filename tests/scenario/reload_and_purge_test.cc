// A purge that comes while a reload goes from worker to worker.
#include <gtest/gtest.h>

#include "admin/resources.h"
#include "scenario/house.h"

namespace minato::scenario {
namespace {

config::Config cached_config() {
  config::Config config = plain_config({*net::Address::parse("10.0.0.1", 8001)});
  config.cache.emplace();
  config.services.front().cache = config.cache->service;
  return config;
}

Task<void> purge_all(control::Supervisor& supervisor, std::optional<admin::Reply>& reply) {
  const admin::Question question{.query = {}, .body = R"({"all": true})"};
  const auto* const resource = admin::find_resource(http::Method::post, "/cache/purge");
  reply = co_await resource->answer(supervisor, question);
}

void purge_during_reload(std::uint64_t seed) {
  sim::SimWorld world(seed);
  House house(world, cached_config(), 3);
  runtime::Scope tasks(world.add_loop());
  const std::weak_ptr<cache::Cache> old = house.supervisor().cache();
  house.reload_later(0ns, cached_config());
  const auto is_replaced = [&] { return house.supervisor().cache() != old.lock(); };
  EXPECT_TRUE(world.run_until(is_replaced, 1min));
  EXPECT_FALSE(old.expired()) << "no worker has heard of it yet";
  std::optional<admin::Reply> reply;
  tasks.start(purge_all(house.supervisor(), reply));
  EXPECT_TRUE(world.run_until([&] { return reply.has_value(); }, 1min));
  EXPECT_EQ(reply->status, 200);
  EXPECT_TRUE(old.expired()) << "some worker serves from what was not purged";
  house.shut_down();
}

TEST(ReloadAndPurge, IsDoneWhenNoWorkerServesFromTheCacheOfBefore) {
  for (std::uint64_t seed = 1; seed <= 20 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    purge_during_reload(seed);
  }
}

}  // namespace
}  // namespace minato::scenario
