#include "upstream/registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace minato::upstream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime t0{};
constexpr WorkerIndex workers = 2;
const Error refused{.fault = Fault::refused, .side = Side::upstream};
const ProbeResult failed = std::unexpected(refused);

UpstreamOptions entry(std::string_view host, std::uint16_t port = 80) {
  UpstreamOptions made;
  made.host.host = host;
  made.host.port = port;
  return made;
}

GroupConfig service(std::string_view name, std::vector<UpstreamOptions> entries) {
  GroupConfig made;
  made.name = name;
  made.entries = std::move(entries);
  return made;
}

std::vector<net::Address> addresses(std::initializer_list<std::string_view> literals) {
  std::vector<net::Address> made;
  for (const auto literal : literals) made.push_back(*net::Address::parse(literal, 0));
  return made;
}

/// What a worker would pick from, as text.
std::vector<std::string> usable(const Candidates& candidates) {
  std::vector<std::string> texts;
  for (const Candidate& candidate : candidates.usable) texts.push_back(candidate.endpoint->text);
  return texts;
}

/// "down for cart, shop".
std::vector<std::string> lines(const std::vector<Transition>& transitions) {
  std::vector<std::string> made;
  for (const Transition& each : transitions)
    made.push_back(
        fmt::format("{} for {}", each.up ? "up" : "down", fmt::join(each.services, ", ")));
  return made;
}

/// A registry whose changes reach all workers at once.
class RegistryStory : public testing::Test {
 protected:
  void apply(std::vector<GroupConfig> configs) { groups = registry.apply(std::move(configs), t0); }
  void resolve(std::string_view name, std::initializer_list<std::string_view> literals) {
    registry.set_addresses(name, addresses(literals), t0);
    deliver();
  }
  /// One check of everything at `address`.
  std::vector<Transition> probe(std::string_view address, const ProbeResult& result) {
    std::vector<Transition> transitions;
    for (const auto& check : registry.checks())
      if (check->endpoint->text == address) transitions = registry.on_probe(*check, result, t0);
    deliver();
    return transitions;
  }
  std::vector<Transition> connect_fails(std::string_view address) {
    auto transitions = registry.on_connect_failure(endpoint(address)->id, refused, t0);
    deliver();
    return transitions;
  }
  void deliver() {
    for (const GroupChange& change : registry.take_changes())
      for (WorkerIndex worker = 0; worker < workers; ++worker)
        change.group->install(worker, change.candidates);
  }

  /// What each worker picks from in the group of that number.
  std::vector<std::string> usable_of(std::size_t group) {
    const auto first = usable(groups[group]->candidates(0));
    EXPECT_EQ(usable(groups[group]->candidates(1)), first);
    return first;
  }
  std::shared_ptr<Endpoint> endpoint(std::string_view text) {
    for (const auto& group : registry.groups())
      for (const Member& member : group->members)
        if (member.endpoint->text == text) return member.endpoint;
    return nullptr;
  }

  Registry registry{workers};
  std::vector<std::shared_ptr<Group>> groups;
};

TEST_F(RegistryStory, EndpointsStartAsUp) {
  apply({service("shop", {entry("192.0.2.1"), entry("192.0.2.2", 8080)})});
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.1:80", "192.0.2.2:8080"));
  EXPECT_THAT(registry.take_changes(), IsEmpty());
}

TEST_F(RegistryStory, AUnixSocketIsAnEndpoint) {
  UpstreamOptions unix;
  unix.host.socket = "/run/app.sock";
  apply({service("shop", {unix})});
  EXPECT_THAT(usable_of(0), ElementsAre("unix:/run/app.sock"));
  EXPECT_EQ(registry.checks()[0]->host, "localhost");
  EXPECT_THAT(registry.names(), IsEmpty());
}

// Health.

TEST_F(RegistryStory, WhatIsDownIsOutOfRotationUntilItIsUpAgain) {
  apply({service("shop", {entry("192.0.2.1"), entry("192.0.2.2")})});
  const auto down = probe("192.0.2.1:80", 503);
  ASSERT_THAT(down, SizeIs(1));
  EXPECT_EQ(to_string(down[0]), "192.0.2.1:80 (http://192.0.2.1) is down: check answered 503");
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.2:80"));
  EXPECT_THAT(probe("192.0.2.1:80", 503), IsEmpty()) << "a change is told once";
  const auto up = probe("192.0.2.1:80", 200);
  ASSERT_THAT(up, SizeIs(1));
  EXPECT_EQ(to_string(up[0]), "192.0.2.1:80 (http://192.0.2.1) is up: check passed");
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.1:80", "192.0.2.2:80"));
}

TEST_F(RegistryStory, ChecksCanTakeOutEveryEndpoint) {
  apply({service("shop", {entry("192.0.2.1")})});
  probe("192.0.2.1:80", failed);
  EXPECT_THAT(usable_of(0), IsEmpty());
  EXPECT_FALSE(groups[0]->candidates(0).unresolved);
}

TEST_F(RegistryStory, FailedConnectsTakeAnEndpointOutButNeverTheLast) {
  apply({service("shop", {entry("192.0.2.1"), entry("192.0.2.2")})});
  EXPECT_THAT(connect_fails("192.0.2.1:80"), SizeIs(1));
  EXPECT_THAT(connect_fails("192.0.2.2:80"), IsEmpty());
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.2:80"));
}

TEST_F(RegistryStory, FailedConnectsNeverTakeOutTheLastOfAnyServiceThatNamesIt) {
  apply({service("shop", {entry("192.0.2.1"), entry("192.0.2.2")}),
         service("cart", {entry("192.0.2.1")})});
  EXPECT_THAT(connect_fails("192.0.2.1:80"), IsEmpty());
  EXPECT_THAT(usable_of(0), SizeIs(2));
}

TEST_F(RegistryStory, AnEndpointThatIsNamedTwiceIsNoOtherToItself) {
  apply({service("shop", {entry("192.0.2.1"), entry("192.0.2.1")})});
  EXPECT_THAT(connect_fails("192.0.2.1:80"), IsEmpty());
  EXPECT_THAT(usable_of(0), SizeIs(2));
}

TEST_F(RegistryStory, AConnectThatWorksAgainForgetsThoseThatFailed) {
  auto shop = service("shop", {entry("192.0.2.1"), entry("192.0.2.2")});
  shop.health.fall = 2;
  apply({shop});
  connect_fails("192.0.2.1:80");
  registry.on_connect(endpoint("192.0.2.1:80")->id);
  EXPECT_THAT(connect_fails("192.0.2.1:80"), IsEmpty());
  EXPECT_THAT(connect_fails("192.0.2.1:80"), SizeIs(1));
}

TEST_F(RegistryStory, WhatIsNotCheckedStaysUp) {
  auto shop = service("shop", {entry("192.0.2.1"), entry("192.0.2.2")});
  shop.health.type = HealthType::off;
  apply({shop});
  EXPECT_THAT(registry.checks(), IsEmpty());
  EXPECT_THAT(connect_fails("192.0.2.1:80"), IsEmpty());
  EXPECT_THAT(usable_of(0), SizeIs(2));
}

TEST_F(RegistryStory, OneCheckServesEveryServiceThatAsksTheSame) {
  auto other_path = entry("192.0.2.1");
  other_path.health_uri = "/ready";
  auto other_base = entry("192.0.2.1");
  other_base.host.base_path = "/base";
  apply({service("shop", {entry("192.0.2.1")}), service("cart", {entry("192.0.2.1")}),
         service("blog", {other_path}), service("wiki", {other_base})});
  std::vector<std::string> targets;
  for (const auto& check : registry.checks()) targets.push_back(check->target);
  EXPECT_THAT(targets, ElementsAre("/", "/base/", "/ready"));
  EXPECT_EQ(endpoint("192.0.2.1:80").use_count(),
            1 + 4 + 3 + 4);  // here, members, checks, candidates
}

TEST_F(RegistryStory, WhoDiffersInOptionsAloneIsAskedForOnceAndJudgesForItself) {
  auto shop = service("shop", {entry("192.0.2.1")}), cart = service("cart", {entry("192.0.2.1")});
  shop.health.interval = 10s;
  cart.health.interval = 5s;
  cart.health.fall = 2;
  apply({shop, cart});
  ASSERT_THAT(registry.checks(), SizeIs(1));
  EXPECT_EQ(registry.checks()[0]->options.interval, 5s);
  EXPECT_THAT(lines(probe("192.0.2.1:80", failed)), ElementsAre("down for shop"));
  EXPECT_THAT(usable_of(0), IsEmpty());
  EXPECT_THAT(usable_of(1), SizeIs(1));
  EXPECT_THAT(lines(probe("192.0.2.1:80", failed)), ElementsAre("down for cart"));
  EXPECT_THAT(usable_of(1), IsEmpty());
  probe("192.0.2.1:80", 200);
  EXPECT_THAT(usable_of(0), SizeIs(1));
  EXPECT_THAT(usable_of(1), SizeIs(1));
}

TEST_F(RegistryStory, AnotherTypeOrHostIsAnotherQuestion) {
  auto shop = service("shop", {entry("192.0.2.1")}), cart = shop, blog = shop, wiki = shop;
  cart.name = "cart", blog.name = "blog", wiki.name = "wiki";
  cart.health.host = "cart.example";
  blog.health.type = HealthType::tcp;
  wiki.health.type = HealthType::off;
  apply({shop, cart, blog, wiki});
  EXPECT_THAT(registry.checks(), SizeIs(3));
  for (const auto& check : registry.checks())
    if (check->options.type == HealthType::tcp) registry.on_probe(*check, failed, t0);
  deliver();
  EXPECT_THAT(usable_of(2), IsEmpty());
  for (const std::size_t other : {0u, 1u, 3u}) EXPECT_THAT(usable_of(other), SizeIs(1));
}

TEST_F(RegistryStory, AChangeOfSeveralChecksIsToldOnce) {
  auto ready = entry("192.0.2.1");
  ready.health_uri = "/ready";
  const auto another = entry("192.0.2.2");
  apply({service("shop", {entry("192.0.2.1"), another}), service("cart", {ready, another})});
  EXPECT_THAT(connect_fails("192.0.2.1:80"), SizeIs(1));
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.2:80"));
  EXPECT_THAT(usable_of(1), ElementsAre("192.0.2.2:80"));
}

TEST_F(RegistryStory, WhatOneProbeChangesIsToldOfEveryServiceThatItChangedFor) {
  auto shop = service("shop", {entry("192.0.2.1")}), cart = shop, blog = shop, wiki = shop;
  cart.name = "cart", blog.name = "blog", wiki.name = "wiki";
  cart.health.fall = 2;
  blog.health.expect_status = {{503, 503}};
  apply({shop, cart, blog, wiki});
  EXPECT_THAT(lines(probe("192.0.2.1:80", 200)), ElementsAre("down for blog"));
  EXPECT_THAT(lines(probe("192.0.2.1:80", 503)),
              testing::UnorderedElementsAre("down for shop, wiki", "up for blog"));
  EXPECT_THAT(lines(probe("192.0.2.1:80", 503)), ElementsAre("down for cart"));
  EXPECT_THAT(lines(probe("192.0.2.1:80", 200)),
              testing::UnorderedElementsAre("up for cart, shop, wiki", "down for blog"));
}

TEST_F(RegistryStory, AllWorkersAndServicesCountOnTheSameEndpoint) {
  apply({service("shop", {entry("192.0.2.1")}), service("cart", {entry("192.0.2.1")})});
  std::set<const Endpoint*> seen;
  for (const auto& group : groups)
    for (WorkerIndex worker = 0; worker < workers; ++worker)
      seen.insert(group->candidates(worker).usable.at(0).endpoint);
  EXPECT_EQ(seen.size(), 1u);
}

TEST_F(RegistryStory, AChangeReachesEveryServiceThatNamesTheEndpoint) {
  apply({service("shop", {entry("192.0.2.1")}),
         service("cart", {entry("192.0.2.1"), entry("192.0.2.2")}),
         service("blog", {entry("192.0.2.2")})});
  probe("192.0.2.1:80", failed);
  EXPECT_THAT(usable_of(0), IsEmpty());
  EXPECT_THAT(usable_of(1), ElementsAre("192.0.2.2:80"));
  EXPECT_THAT(usable_of(2), ElementsAre("192.0.2.2:80"));
}

TEST_F(RegistryStory, ManyChangesAtOnceAreOneToTheWorkers) {
  apply({service("shop", {entry("192.0.2.1"), entry("192.0.2.2")})});
  for (const auto& check : registry.checks()) registry.on_probe(*check, failed, t0);
  EXPECT_THAT(registry.take_changes(), SizeIs(1));
  EXPECT_THAT(registry.take_changes(), IsEmpty());
}

TEST_F(RegistryStory, AHostFieldIsTheEndpointsOwnUnlessItIsSet) {
  apply({service("a", {entry("192.0.2.1")}), service("b", {entry("192.0.2.2", 8080)}),
         service("c", {entry("2001:db8::1", 8080)})});
  std::vector<std::string> hosts;
  for (const auto& check : registry.checks()) hosts.push_back(check->host);
  EXPECT_THAT(hosts, ElementsAre("192.0.2.1", "192.0.2.2:8080", "[2001:db8::1]:8080"));
  auto with_host = service("a", {entry("192.0.2.1")});
  with_host.health.host = "shop.example";
  apply({with_host});
  EXPECT_EQ(registry.checks()[0]->host, "shop.example");
}

// Names.

TEST_F(RegistryStory, ANameWithoutAddressLeavesItsPlaceEmpty) {
  apply({service("shop", {entry("backend", 8000), entry("192.0.2.9")}),
         service("cart", {entry("backend")})});
  EXPECT_THAT(registry.names(), ElementsAre("backend"));
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.9:80"));
  EXPECT_THAT(usable_of(1), IsEmpty());
  EXPECT_TRUE(groups[1]->candidates(0).unresolved);
}

TEST_F(RegistryStory, ANameWithoutAddressExcusesNoEndpointThatIsDown) {
  apply({service("shop", {entry("backend"), entry("192.0.2.9")}),
         service("cart", {entry("backend")})});
  probe("192.0.2.9:80", failed);
  Tried tried;
  EXPECT_EQ(groups[0]->pick(0, tried).error(), http::Reason::no_usable_endpoint);
  EXPECT_EQ(groups[1]->pick(0, tried).error(), http::Reason::name_not_resolved);
}

TEST_F(RegistryStory, EveryAddressOfANameIsAnEndpoint) {
  apply({service("shop", {entry("backend", 8000)})});
  resolve("backend", {"192.0.2.2", "2001:db8::1", "192.0.2.1", "192.0.2.2"});
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.1:8000", "192.0.2.2:8000", "[2001:db8::1]:8000"));
  EXPECT_FALSE(groups[0]->candidates(0).unresolved);
}

TEST_F(RegistryStory, TheLastGoodAddressesStayWhenANameStopsToResolve) {
  apply({service("shop", {entry("backend")})});
  resolve("backend", {"192.0.2.1"});
  resolve("backend", {});
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.1:80"));
}

TEST_F(RegistryStory, TheSameAddressesInAnotherOrderAreNoChange) {
  apply({service("shop", {entry("backend")})});
  resolve("backend", {"192.0.2.1", "192.0.2.2"});
  registry.set_addresses("backend", addresses({"192.0.2.2", "192.0.2.1"}), t0);
  EXPECT_THAT(registry.take_changes(), IsEmpty());
}

TEST_F(RegistryStory, AnAddressThatStaysKeepsItsEndpointAndItsHealth) {
  apply({service("shop", {entry("backend")})});
  resolve("backend", {"192.0.2.1", "192.0.2.2"});
  probe("192.0.2.1:80", failed);
  const auto kept = endpoint("192.0.2.1:80");
  resolve("backend", {"192.0.2.1", "192.0.2.3"});
  EXPECT_EQ(endpoint("192.0.2.1:80"), kept);
  EXPECT_EQ(endpoint("192.0.2.2:80"), nullptr);
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.3:80"));
}

TEST_F(RegistryStory, NamesThatAreNotConfiguredAreIgnored) {
  apply({service("shop", {entry("backend")})});
  resolve("stranger", {"192.0.2.1"});
  EXPECT_THAT(usable_of(0), IsEmpty());
}

TEST_F(RegistryStory, ANameHasABoundedNumberOfAddresses) {
  apply({service("shop", {entry("backend")})});
  std::vector<net::Address> many;
  for (int i = 0; i < 2'000; ++i)
    many.push_back(*net::Address::parse(fmt::format("10.0.{}.{}", i / 250, i % 250), 0));
  registry.set_addresses("backend", many, t0);
  deliver();
  EXPECT_THAT(usable_of(0), SizeIs(Registry::addresses_max));
}

// Reload.

TEST_F(RegistryStory, AServiceThatDidNotChangeIsTheSameGroupAfterAReload) {
  apply({service("shop", {entry("192.0.2.1")}), service("cart", {entry("192.0.2.2")})});
  const auto shop = groups[0];
  apply({service("blog", {entry("192.0.2.3")}), service("shop", {entry("192.0.2.1")})});
  EXPECT_EQ(groups[1], shop);
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.3:80"));
  EXPECT_EQ(endpoint("192.0.2.2:80"), nullptr);
}

TEST_F(RegistryStory, HealthAndCountsOfWhatRemainsCarryOver) {
  apply({service("shop", {entry("192.0.2.1"), entry("192.0.2.2")})});
  probe("192.0.2.1:80", failed);
  const InFlight under_way(*endpoint("192.0.2.1:80"));
  apply({service("renamed", {entry("192.0.2.2"), entry("192.0.2.1"), entry("192.0.2.3")})});
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.2:80", "192.0.2.3:80"));
  EXPECT_EQ(endpoint("192.0.2.1:80")->in_flight(), 1u);
}

TEST_F(RegistryStory, HealthCarriesOverWhereOnlyTheOptionsOfTheCheckChange) {
  auto shop = service("shop", {entry("192.0.2.1")});
  apply({shop});
  probe("192.0.2.1:80", failed);
  shop.health.interval = 1s;
  apply({shop});
  EXPECT_THAT(usable_of(0), IsEmpty());
  ASSERT_THAT(registry.checks(), SizeIs(1));
  EXPECT_EQ(registry.checks()[0]->options.interval, 1s);
}

TEST_F(RegistryStory, AnotherQuestionStartsAsUp) {
  auto shop = service("shop", {entry("192.0.2.1")});
  apply({shop});
  probe("192.0.2.1:80", failed);
  shop.entries[0].health_uri = "/ready";
  apply({shop});
  EXPECT_THAT(usable_of(0), SizeIs(1));
}

TEST_F(RegistryStory, AddressesOfANameThatRemainsCarryOver) {
  apply({service("shop", {entry("backend")})});
  resolve("backend", {"192.0.2.1"});
  apply({service("cart", {entry("backend", 8000)})});
  EXPECT_THAT(usable_of(0), ElementsAre("192.0.2.1:8000"));
}

TEST_F(RegistryStory, TheTurnGoesOnWhereItWas) {
  const auto shop = [](auto... hosts) { return service("shop", {entry(hosts)...}); };
  Tried tried;
  apply({shop("192.0.2.1", "192.0.2.2")});
  EXPECT_EQ(groups[0]->pick(0, tried)->candidate.endpoint->text, "192.0.2.1:80");
  apply({shop("192.0.2.1", "192.0.2.3")});
  EXPECT_EQ(groups[0]->pick(0, tried)->candidate.endpoint->text, "192.0.2.3:80");
}

TEST_F(RegistryStory, AnEndpointThatAWorkerStillUsesIsFoundAgain) {
  apply({service("shop", {entry("192.0.2.1")})});
  const auto in_use = endpoint("192.0.2.1:80");
  apply({});
  EXPECT_EQ(in_use->named(), Named::no);
  apply({service("shop", {entry("192.0.2.1")})});
  EXPECT_EQ(endpoint("192.0.2.1:80"), in_use);
  EXPECT_EQ(in_use->named(), Named::yes);
}

TEST_F(RegistryStory, AnAddressThatANameHasNoMoreIsNotNamed) {
  apply({service("shop", {entry("backend")})});
  resolve("backend", {"192.0.2.1", "192.0.2.2"});
  const auto left = endpoint("192.0.2.1:80"), stays = endpoint("192.0.2.2:80");
  resolve("backend", {"192.0.2.2"});
  EXPECT_EQ(left->named(), Named::no);
  EXPECT_EQ(stays->named(), Named::yes);
}

TEST_F(RegistryStory, AnEndpointThatNobodyUsesIsForgotten) {
  apply({service("shop", {entry("192.0.2.1")})});
  const std::weak_ptr<Endpoint> gone = endpoint("192.0.2.1:80");
  apply({});
  EXPECT_TRUE(gone.expired());
}

TEST_F(RegistryStory, ACheckThatStillRunsWhenItIsForgottenTellsNothing) {
  apply({service("shop", {entry("192.0.2.1")})});
  const auto running = registry.checks()[0];
  apply({});
  EXPECT_THAT(registry.checks(), IsEmpty());
  EXPECT_THAT(registry.on_probe(*running, failed, t0), IsEmpty());
}

}  // namespace
}  // namespace minato::upstream
