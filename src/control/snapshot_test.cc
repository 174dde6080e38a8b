#include "control/snapshot.h"

#include <gtest/gtest.h>

#include "control/testing.h"

namespace minato::control {
namespace {

using config::ServiceConfig;

std::optional<routing::RouteIndex> route(const PortPlan& port, std::string_view path) {
  const auto host = port.router.find_host("a");
  return host ? port.router.find_route(*host, path) : std::nullopt;
}

class SnapshotTest : public testing::Test {
 protected:
  std::shared_ptr<Snapshot> made(std::vector<ServiceConfig> services) {
    config.services = std::move(services);
    return compiler.compiled(config);
  }

  TestCompiler compiler;
  config::Config config;
  BlockPool blocks;
  Arena arena{blocks};
};

TEST_F(SnapshotTest, AServiceListensWhereItSays) {
  struct Row {
    const char* configured;
    bool host_has_ipv6;
    const char* address;
  };
  for (const Row& row : {
           Row{"", true, "[::]:80"},      // both families
           Row{"", false, "0.0.0.0:80"},  // all there is
           Row{"127.0.0.1", true, "127.0.0.1:80"},
           Row{"::1", true, "[::1]:80"},
       }) {
    auto config_of = test_service("shop", 80, "*");
    config_of.listen_address = row.configured;
    EXPECT_EQ(listen_address(config_of, row.host_has_ipv6).text(), row.address);
  }
}

TEST_F(SnapshotTest, ServicesOfOneAddressShareItsPort) {
  const auto snapshot = made({test_service("shop", 80, "a"), test_service("api", 80, "a", "/api"),
                              test_service("other", 81, "a")});
  ASSERT_EQ(snapshot->ports.size(), 2u);
  EXPECT_EQ(route(snapshot->ports[0], "/x"), 0u);
  EXPECT_EQ(route(snapshot->ports[0], "/api/x"), 1u);
  EXPECT_EQ(route(snapshot->ports[1], "/api"), 2u);
}

TEST_F(SnapshotTest, APortIsFoundByItsAddress) {
  const auto snapshot = made({test_service("shop", 80, "a"), test_service("other", 81, "a")});
  EXPECT_EQ(snapshot->port_at(*net::Address::parse("::", 81)), &snapshot->ports[1]);
  EXPECT_EQ(snapshot->port_at(*net::Address::parse("::", 82)), nullptr);
  EXPECT_EQ(snapshot->port_at(*net::Address::parse("::1", 81)), nullptr);
}

TEST_F(SnapshotTest, AServiceThatKeepsSlashesKeepsThemForItsHostsAlone) {
  auto careful = test_service("careful", 80, "b");
  careful.normalize.merge_slashes = false;
  const auto snapshot = made({test_service("shop", 80, "a"), careful});
  const auto& router = snapshot->ports[0].router;
  EXPECT_EQ(router.find_host("a")->merge_slashes, http::MergeSlashes::yes);
  EXPECT_EQ(router.find_host("b")->merge_slashes, http::MergeSlashes::no);
}

TEST_F(SnapshotTest, ListenersAreToldApartInKeysWhereAClientMayChoose) {
  config.cache.emplace();
  auto off = test_service("off", 82, "one.b");
  off.cache.enabled = false;
  const auto snapshot =
      made({test_service("one", 80, "a"), test_service("deep", 80, "a", "/x"),
            test_service("other", 81, "A"), test_service("wide", 81, "*.b"),
            test_service("narrow", 83, "x.b"), test_service("alone", 80, "one.c"), off});
  std::string listeners;
  const http::Fields none(arena);
  for (const auto& service : snapshot->services)
    if (service.caching) listeners += service.caching->key().suffix(none, arena);
  EXPECT_EQ(listeners,
            " listener([::]:80) listener([::]:80) listener([::]:81) listener([::]:81)"
            " listener([::]:83)");
}

TEST_F(SnapshotTest, AServiceKeepsItsOwnSettings) {
  auto own = test_service("own", 80, "a");
  own.timeouts.connect = 1s;
  own.limits.request_body = Bytes{5};
  own.retries.attempts = 7;
  own.upstream_pool.idle_per_host = 3;
  own.forwarding.via = false;
  const auto snapshot = made({own});
  const auto& compiled = snapshot->services[0].service;
  EXPECT_EQ(compiled.name, "own");
  EXPECT_EQ(compiled.timeouts.connect, 1s);
  EXPECT_EQ(compiled.limits.request_body, Bytes{5});
  EXPECT_EQ(compiled.retries.attempts, 7u);
  EXPECT_EQ(compiled.pool.idle_per_host, 3u);
  EXPECT_FALSE(compiled.forwarding.via);
}

TEST_F(SnapshotTest, GroupsStandInTheOrderOfTheServices) {
  auto second = test_service("second", 80, "b");
  second.balancer = "least_connections";
  second.upstreams.emplace_back().host.host = "10.0.0.1";
  config.services = {test_service("first", 80, "a"), second};
  const auto groups = group_configs(config);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].name, "first");
  EXPECT_EQ(groups[1].name, "second");
  EXPECT_EQ(groups[1].balancer, "least_connections");
  EXPECT_EQ(groups[1].entries, second.upstreams);
}

TEST_F(SnapshotTest, TrustedProxiesAreCompiled) {
  config.trusted_proxies = {"10.0.0.0/8"};
  const auto snapshot = made({test_service("shop", 80, "a")});
  EXPECT_TRUE(snapshot->trusted_proxies.contains(*net::Address::parse("10.1.2.3", 0)));
  EXPECT_FALSE(snapshot->trusted_proxies.contains(*net::Address::parse("11.1.2.3", 0)));
}

TEST_F(SnapshotTest, NoAccessLogWhereItIsOff) {
  const auto snapshot = made({test_service("shop", 80, "a")});
  EXPECT_EQ(snapshot->access, nullptr);
  EXPECT_EQ(snapshot->services[0].access, nullptr);
}

TEST_F(SnapshotTest, AnOutputThatCannotBeOpenedIsAnError) {
  config.services = {test_service("shop", 80, "a")};
  config.access_log.output = "/nonexistent/folder/access.log";
  const auto failed = compiler.compile(config);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(),
            "access_log.output: cannot open /nonexistent/folder/access.log: No such file or "
            "directory");
}

TEST_F(SnapshotTest, AServicesOutputThatCannotBeOpenedIsNamedByItsPlace) {
  config.access_log.output = "off";
  config.services = {test_service("shop", 80, "a"), test_service("api", 80, "b")};
  config.services[1].access_log.output = "/nonexistent/api.log";
  const auto failed = compiler.compile(config);
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().starts_with("services[1].access_log.output: cannot open"))
      << failed.error();
}

}  // namespace
}  // namespace minato::control
