#include "control/key_changes.h"

#include <gtest/gtest.h>

#include "control/testing.h"

namespace minato::control {
namespace {

using config::ServiceConfig;

/// `rule`: a parameter that keys are without; empty: no rules.
ServiceConfig service(std::string_view name, std::string_view rule,
                      std::vector<http::RouteUrl> hosts) {
  ServiceConfig made;
  made.name = name;
  made.listen_port = 80;
  made.hosts = std::move(hosts);
  made.access_log.output = "off";
  if (!rule.empty()) made.cache.key.query.ignore.emplace_back(rule);
  return made;
}

http::RouteUrl at(std::string_view host, std::string_view prefix = "") {
  return {.host = std::string(host), .port = 0, .prefix = std::string(prefix)};
}

class KeyChanges : public testing::Test {
 protected:
  using Services = std::vector<ServiceConfig>;
  std::shared_ptr<Snapshot> made(Services services) {
    config::Config config;
    config.services = std::move(services);
    config.cache.emplace();
    return compiler.compiled(std::move(config));
  }
  /// Those of these rules; the same in either direction.
  void expect_change(const Services& before, const Services& after,
                     const std::vector<std::string>& rules) {
    Stamps stamps;
    for (const std::string& rule : rules)
      stamps.emplace(cache::KeyRules({.query = {.ignore = {rule}}}).stamp());
    EXPECT_EQ(changed_stamps(*made(before), *made(after)), stamps);
    EXPECT_EQ(changed_stamps(*made(after), *made(before)), stamps);
  }

  TestCompiler compiler;
};

TEST_F(KeyChanges, ServicesThatStayChangeNothing) {
  const Services services{service("a", "x", {at("a"), at("b")}), service("b", "", {at("c")})};
  expect_change(services, services, {});
  expect_change(services, {service("b", "", {at("c")}), service("new", "x", {at("b"), at("a")})},
                {});
}

TEST_F(KeyChanges, RulesThatComeAndGoAreChanged) {
  expect_change({service("a", "x", {at("a")})}, {service("a", "", {at("a")})}, {"x"});
  expect_change({service("a", "x", {at("a")})}, {service("a", "y", {at("a")})}, {"x", "y"});
  expect_change({service("a", "x", {at("a")})}, {}, {"x"});
}

TEST_F(KeyChanges, AHostThatMovesChangesTheRulesOfBoth) {
  expect_change({service("a", "x", {at("a"), at("b")}), service("b", "", {at("c")})},
                {service("a", "x", {at("a")}), service("b", "", {at("b"), at("c")})}, {"x"});
  expect_change({service("a", "x", {at("a"), at("b")}), service("b", "y", {at("c")})},
                {service("a", "x", {at("a")}), service("b", "y", {at("b"), at("c")})}, {"x", "y"});
}

TEST_F(KeyChanges, AHostIsTakenFromAWildcard) {
  for (const auto* const wide : {"*", "*.test"})
    expect_change({service("a", "x", {at(wide)})},
                  {service("a", "x", {at(wide)}), service("b", "", {at("b.test", "/img")})}, {"x"});
  expect_change({service("a", "x", {at("a.test")})},
                {service("a", "x", {at("a.test")}), service("b", "", {at("*.test")})}, {"x"});
}

TEST_F(KeyChanges, SoIsAPathFromAShorterOne) {
  const Services before{service("a", "x", {at("a")}), service("c", "y", {at("a", "/other")})};
  Services after = before;
  after.push_back(service("b", "", {at("a", "/img")}));
  expect_change(before, after, {"x"});
}

TEST_F(KeyChanges, SoArePathsOfSeveralSlashesWhereTheseAreMergedNoMore) {
  const Services before{service("a", "x", {at("a")}), service("b", "y", {at("b")})};
  Services after = before;
  after[0].normalize.merge_slashes = false;
  expect_change(before, after, {"x"});
}

TEST_F(KeyChanges, AHostIsTheSameInEverySpelling) {
  for (const auto& [host, again] :
       {std::pair("a.test", "A.test."), std::pair("[::1]", "[0:0::1]")}) {
    const Services before{service("a", "x", {at(host)})};
    Services after = before;
    after.push_back(service("b", "", {at(again, "/img")}));
    expect_change(before, after, {"x"});
  }
}

TEST_F(KeyChanges, WhatIsOfOtherHostsIsNone) {
  const Services before{service("a", "x", {at("a"), at("*.b")})};
  Services after = before;
  after.push_back(service("b", "", {at("c"), at("*.c"), at("b")}));
  expect_change(before, after, {});
}

}  // namespace
}  // namespace minato::control
