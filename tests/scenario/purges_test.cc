// Purges, as the control thread carries them out: while a reload goes from worker to worker, too.
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

Task<void> purge(control::Supervisor& supervisor, std::string_view body,
                 std::optional<admin::Reply>& reply) {
  const admin::Question question{.query = {}, .body = body};
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
  tasks.start(purge(house.supervisor(), R"({"all": true})", reply));
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

/// Both: one that waits for the workers, and one that comes while they end.
TEST(EndAndPurge, IsAnsweredWhenTheProgramIsToldToEnd) {
  sim::SimWorld world(1);
  House house(world, cached_config(), 3);
  runtime::Scope tasks(world.add_loop());
  const std::weak_ptr<cache::Cache> old = house.supervisor().cache();
  house.reload_later(0ns, cached_config());
  EXPECT_TRUE(world.run_until([&] { return house.supervisor().cache() != old.lock(); }, 1min));
  std::optional<admin::Reply> waiting, late;
  tasks.start(purge(house.supervisor(), R"({"all": true})", waiting));
  EXPECT_FALSE(waiting.has_value());
  house.begin_to_end();
  EXPECT_TRUE(world.run_until([&] { return waiting.has_value(); }, 1min));
  EXPECT_FALSE(house.has_ended());
  tasks.start(purge(house.supervisor(), R"({"all": true})", late));
  EXPECT_EQ(waiting->status, 200);
  EXPECT_TRUE(late && late->status == 200);
  EXPECT_EQ(house.reloads().size(), 1u);
  house.shut_down();
}

TEST(ReloadAndPurge, DoesNotWaitForAReloadThatMayStillFail) {
  sim::SimWorld world(1);
  House house(world, cached_config());
  runtime::Scope tasks(world.add_loop());
  house.names().delay = 1h;
  config::Config next = cached_config();
  next.services.front().upstreams.front().host.host = "new.example";
  house.reload_later(0ns, next);
  world.run_until_idle();
  std::optional<admin::Reply> reply;
  tasks.start(purge(house.supervisor(), R"({"all": true})", reply));
  EXPECT_TRUE(reply && reply->status == 200);
  EXPECT_TRUE(house.reloads().empty());
  house.shut_down();
}

void store_empty(cache::Store& store, int count) {
  BlockPool blocks;
  Arena arena(blocks);
  const http::Fields none(arena);
  for (int i = 0; i < count; ++i) {
    const auto url = arena.copy("http://a/" + std::to_string(i));
    const cache::Pin draft = store.draft(
        {.key = {url, cache::hash_of(*cache::split_url(url), store.seed())}, .lines = none});
    store.insert(*draft, nullptr, 0);
  }
}

/// So that neither health checks nor other purges wait for more than one.
TEST(Purge, TakesItsStepsInTurnsOfTheirOwn) {
  constexpr int count = 3000;
  sim::SimWorld world(1);
  config::Config config = cached_config();
  config.cache->capacity = count;
  House house(world, config, 1);
  runtime::Scope tasks(world.add_loop());
  const cache::Store& store = house.supervisor().cache()->store();
  store_empty(house.supervisor().cache()->store(), count);
  std::optional<admin::Reply> reply;
  tasks.start(purge(house.supervisor(), R"({"host": "a"})", reply));
  EXPECT_TRUE(reply.has_value());
  EXPECT_EQ(store.stats().entries, 1u * count);
  EXPECT_TRUE(world.run_until([&] { return store.stats().entries < count; }, 1min));
  EXPECT_GT(store.stats().entries, 1u * count / 2);
  EXPECT_TRUE(world.run_until([&] { return store.stats().entries == 0; }, 1min));
  house.shut_down();
}

}  // namespace
}  // namespace minato::scenario
