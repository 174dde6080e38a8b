#include "control/snapshots.h"

#include <gtest/gtest.h>

#include "control/testing.h"

namespace minato::control {
namespace {

class SnapshotsTest : public testing::Test {
 protected:
  /// Of one service for every host, whose keys are without the query parameter `ignored`.
  std::shared_ptr<Snapshot> made(std::string_view ignored, std::shared_ptr<cache::Cache> cache) {
    return made({service(80, ignored)}, std::move(cache));
  }
  static config::ServiceConfig service(std::uint16_t port, std::string_view ignored) {
    auto service = test_service("shop", port, "*");
    service.cache.key.query.ignore = {std::string(ignored)};
    return service;
  }
  std::shared_ptr<Snapshot> made(std::vector<config::ServiceConfig> services,
                                 std::shared_ptr<cache::Cache> cache) {
    config::Config config;
    config.services = std::move(services);
    config.cache.emplace();
    auto snapshot = compiler.compiled(std::move(config));
    snapshot->cache = std::move(cache);
    snapshots.add(snapshot);
    return snapshot;
  }
  static std::shared_ptr<cache::Cache> made_cache() {
    return std::make_shared<cache::Cache>(cache::CacheOptions{}, 1, 1);
  }
  /// `url` as `snapshot` stores it, without the stamp of the rules.
  void put(const Snapshot& snapshot, std::string_view url) {
    cache::Store& store = snapshot.cache->store();
    const auto key = cache::split_url(url).value();
    const http::Fields none(arena);
    const auto draft =
        store.draft({.key = {url, cache::hash_of(key, store.seed())}, .lines = none});
    store.insert(*draft, nullptr, 0);
  }
  static std::uint64_t entries(const Snapshot& snapshot) {
    return snapshot.cache->store().stats().entries;
  }
  std::uint64_t purge(const Snapshot& by, std::string_view url) {
    return view.purge(cache::split_url(url).value(), by.cache.get(), by.services[0].caching.get(),
                      arena);
  }

  TestCompiler compiler;
  BlockPool blocks;
  Arena arena{blocks};
  Snapshots snapshots;
  SnapshotsView view{snapshots};
};

TEST_F(SnapshotsTest, WhatOneMakesOutOfDateGoesFromTheCachesOfAll) {
  const auto before = made("a", made_cache()), after = made("a", made_cache());
  for (const auto& [by, other] : {std::pair(before, after), std::pair(after, before)}) {
    put(*other, "http://shop/x");
    put(*other, "http://shop/y");
    purge(*by, "http://shop/x");
    EXPECT_EQ(entries(*other), 1u);
    purge(*by, "http://shop/y");
    EXPECT_EQ(entries(*other), 0u);
  }
}

TEST_F(SnapshotsTest, OfEachTheKeyIsMadeByItsOwnRules) {
  const auto before = made("a", made_cache()), after = made("b", made_cache());
  put(*after, "http://shop/x?a=1");
  put(*after, "http://shop/x?b=1");
  EXPECT_EQ(purge(*before, "http://shop/x?a=1&b=1"), 0u) << "of another cache";
  EXPECT_EQ(entries(*after), 1u);
}

TEST_F(SnapshotsTest, SoItIsWhereTheyShareACache) {
  const auto before = made("a", made_cache()), after = made("b", before->cache);
  put(*after, "http://shop/x?a=1");
  EXPECT_EQ(purge(*before, "http://shop/x?a=1&b=1"), 1u);
  EXPECT_EQ(entries(*after), 0u);
}

TEST_F(SnapshotsTest, WhereNobodyStoresItNothingIsPurgedButWhatMayHaveBeenKept) {
  auto off = service(80, "a");
  off.cache.enabled = false;
  const auto before = made("a", made_cache()), after = made({off}, made_cache());
  put(*after, "http://shop/x");
  purge(*before, "http://shop/x");
  EXPECT_EQ(after->cache->store().purges(), 0u);
  after->config.cache->keep_on_reload = true;
  purge(*before, "http://shop/x");
  EXPECT_EQ(entries(*after), 0u);
}

TEST_F(SnapshotsTest, TheSchemesOwnPortMeansEveryPort) {
  const auto snapshot = made({service(80, "a"), service(8080, "b")}, made_cache());
  put(*snapshot, "http://shop/x?a=1");
  purge(*snapshot, "http://shop:80/x?a=1&b=1");
  EXPECT_EQ(entries(*snapshot), 0u);
}

TEST_F(SnapshotsTest, SoDoesAnother) {
  const auto snapshot = made({service(8080, "a"), service(80, "b")}, made_cache());
  put(*snapshot, "http://shop:8080/x?a=1");
  purge(*snapshot, "http://shop:8080/x?a=1&b=1");
  EXPECT_EQ(entries(*snapshot), 0u);
}

TEST_F(SnapshotsTest, WhatComesLaterIsSeen) {
  const auto before = made("a", made_cache());
  purge(*before, "http://shop/x");
  const auto after = made("a", made_cache());
  put(*after, "http://shop/x");
  purge(*before, "http://shop/x");
  EXPECT_EQ(entries(*after), 0u);
}

TEST_F(SnapshotsTest, NoneIsKept) {
  auto before = made("a", made_cache());
  purge(*before, "http://shop/x");
  const auto after = made("a", made_cache());
  const std::weak_ptr<const cache::Cache> old = before->cache;
  before.reset();
  EXPECT_TRUE(old.expired());
  purge(*after, "http://shop/x");
}

}  // namespace
}  // namespace minato::control
