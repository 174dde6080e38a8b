#include "config/diff.h"

#include <gtest/gtest.h>

namespace minato::config {
namespace {

ServiceConfig service(std::string name, std::uint16_t port, std::string address = "") {
  ServiceConfig out;
  out.name = std::move(name);
  out.listen_port = port;
  out.listen_address = std::move(address);
  return out;
}

Config config(std::vector<ServiceConfig> services) {
  Config out;
  out.services = std::move(services);
  return out;
}

TEST(Diff, TheSameIsNoDifference) {
  const Difference none = diff(config({service("a", 80)}), config({service("a", 80)}));
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(to_string(none), "nothing changed");
}

TEST(Diff, TheOrderOfServicesIsNoDifference) {
  EXPECT_TRUE(diff(config({service("a", 80), service("b", 80)}),
                   config({service("b", 80), service("a", 80)}))
                  .empty());
}

TEST(Diff, ListenersAreWhatServicesListenOn) {
  const Config before = config({service("a", 80), service("b", 80), service("c", 81, "::1")});
  const Config after = config({service("a", 80), service("c", 82, "127.0.0.1")});
  const Difference changes = diff(before, after);
  EXPECT_EQ(changes.listeners_added, std::vector<std::string>{"127.0.0.1:82"});
  EXPECT_EQ(changes.listeners_removed, std::vector<std::string>{"[::1]:81"});
  EXPECT_EQ(changes.services_removed, std::vector<std::string>{"b"});
  EXPECT_EQ(changes.services_changed, std::vector<std::string>{"c"});
  EXPECT_TRUE(changes.services_added.empty());
}

TEST(Diff, AServiceIsChangedByWhatItInherits) {
  const Config before = config({service("a", 80)});
  Config after = before;
  after.timeouts.exchange.connect = after.services[0].timeouts.connect = 1s;
  const Difference changes = diff(before, after);
  EXPECT_EQ(changes.services_changed, std::vector<std::string>{"a"});
  EXPECT_EQ(changes.settings_changed, std::vector<std::string>{"timeouts.connect"});
}

TEST(Diff, WhatNeedsARestartIsNamedApart) {
  Config after;
  after.workers = 7;
  after.user = "www-data";
  after.dns.min_ttl = 2s;
  after.log.level = observe::LogLevel::debug;
  after.log.output = "stdout";
  const Difference changes = diff({}, after);
  EXPECT_EQ(changes.needs_restart,
            (std::vector<std::string>{"workers", "user", "log.output", "dns.min_ttl"}));
  EXPECT_EQ(changes.settings_changed, std::vector<std::string>{"log.level"});
  EXPECT_EQ(to_string(changes),
            "setting log.level changed; settings workers, user, log.output, dns.min_ttl changed, "
            "in force at the "
            "next start");
}

TEST(Diff, WhatWaitsForARestartIsComparedWithTheStart) {
  const Config started;
  Config waiting = started;
  waiting.workers = 7;
  // It still waits where nothing else has changed, and no longer where it is as it was.
  EXPECT_EQ(diff(waiting, waiting, started).needs_restart, std::vector<std::string>{"workers"});
  EXPECT_TRUE(diff(waiting, started, started).empty());
}

/// What a reload does to the cache from the one to the other.
std::string emptied(std::optional<cache::CacheOptions> before,
                    std::optional<cache::CacheOptions> after) {
  Config old, now;
  old.cache = std::move(before);
  now.cache = std::move(after);
  return diff(old, now).cache_emptied;
}

TEST(Diff, SaysWhyTheCacheIsEmptied) {
  const cache::CacheOptions forgets, keeps{.keep_on_reload = true};
  cache::CacheOptions other = keeps;
  other.service.ttl = 1s;
  EXPECT_EQ(emptied(keeps, other), "");
  EXPECT_EQ(emptied(forgets, keeps), "");
  EXPECT_EQ(emptied(forgets, forgets), "keep_on_reload is false");
  other.capacity += 1;
  EXPECT_EQ(emptied(keeps, other), "capacity changed");
  other.type = cache::EvictionType::lfu;
  other.max_memory = 8_MiB;
  other.service.collapse.uncacheable_memory = 5;
  EXPECT_EQ(emptied(keeps, other),
            "capacity, type, max_memory, collapse.uncacheable_memory changed");
  EXPECT_EQ(emptied(keeps, std::nullopt), "there is none any more");
}

TEST(Diff, WithoutACacheNoneIsEmptied) {
  EXPECT_EQ(emptied(std::nullopt, std::nullopt), "");
  EXPECT_EQ(emptied(std::nullopt, cache::CacheOptions{}), "");
}

TEST(Diff, ToEmptyTheCacheIsAChange) {
  Config config;
  config.cache.emplace();
  EXPECT_FALSE(diff(config, config).empty());
  EXPECT_EQ(to_string(diff(config, config)), "cache emptied: keep_on_reload is false");
}

TEST(Diff, IsSaidInOneLine) {
  EXPECT_EQ(to_string(diff(config({service("a", 80)}), config({service("b", 81)}))),
            "listener *:81 added; listener *:80 removed; service b added; service a removed");
  std::vector<ServiceConfig> many;
  for (int i = 0; i < 12; ++i) many.push_back(service("s" + std::to_string(i), 80));
  EXPECT_EQ(
      to_string(diff(config({}), config(many))),
      "listener *:80 added; services s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and 2 more added");
}

}  // namespace
}  // namespace minato::config
