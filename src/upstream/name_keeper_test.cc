#include "upstream/name_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "sim/sim_world.h"

namespace minato::upstream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Gives the answers that a test has laid out for each name, then not_found.
class FakeResolver final : public net::Resolver {
 public:
  explicit FakeResolver(runtime::Loop& loop) : loop_(loop) {}
  Task<Result<net::Resolution>> resolve(std::string name, Instant until) override {
    asked.push_back(name);
    patience.push_back(until - loop_.now());
    co_await runtime::pause(loop_, delay);
    auto& next = answers[name];
    if (next.empty()) co_return fail(Fault::not_found, Side::upstream, "no such name");
    auto answer = next.front();
    next.pop_front();
    co_return answer;
  }
  void will_answer(const std::string& name, std::initializer_list<const char*> addresses,
                   Millis ttl) {
    net::Resolution resolution{.addresses = {}, .ttl = ttl};
    for (const char* const text : addresses)
      resolution.addresses.push_back(*net::Address::parse(text, 0));
    answers[name].push_back(resolution);
  }
  void will_fail(const std::string& name) {
    answers[name].push_back(fail(Fault::timed_out, Side::upstream, "no server answered"));
  }

  std::vector<std::string> asked;
  std::vector<Nanos> patience;
  std::map<std::string, std::deque<Result<net::Resolution>>> answers;
  Millis delay{1};

 private:
  runtime::Loop& loop_;
};

GroupConfig service(std::string_view name, std::initializer_list<const char*> hosts) {
  GroupConfig made;
  made.name = name;
  for (const char* const host : hosts) made.entries.emplace_back().host.host = host;
  return made;
}

class NameKeeperTest : public testing::Test {
 protected:
  void apply(std::vector<GroupConfig> services) {
    registry.apply(std::move(services), {});
    keeper.sync();
    world.run_until_idle();
  }
  std::vector<std::string> addresses() {
    std::vector<std::string> texts;
    for (const auto& group : registry.groups())
      for (const Member& member : group->members) texts.push_back(member.endpoint->text);
    return texts;
  }

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  FakeResolver resolver{loop};
  Registry registry{1};
  std::vector<std::string> heard;
  NameKeeper keeper{loop, resolver, registry, [this](const NameKeeper::News& news) {
                      heard.push_back(news.name + (news.error == nullptr ? " is found" : " fails"));
                    }};
};

TEST_F(NameKeeperTest, UsesAllAddressesOfAName) {
  resolver.will_answer("b", {"10.0.0.1", "10.0.0.2", "fd00::1"}, 10s);
  apply({service("shop", {"b"})});
  world.advance(1s);
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.1:80", "10.0.0.2:80", "[fd00::1]:80"));
  EXPECT_THAT(heard, ElementsAre("b is found"));
}

TEST_F(NameKeeperTest, AsksAgainAtTheTimeToLive) {
  resolver.will_answer("b", {"10.0.0.1"}, 10s);
  resolver.will_answer("b", {"10.0.0.2"}, 3s);
  resolver.will_answer("b", {"10.0.0.3"}, 1h);
  apply({service("shop", {"b"})});
  world.advance(9s);
  EXPECT_EQ(resolver.asked.size(), 1u);
  world.advance(1100ms);
  EXPECT_EQ(resolver.asked.size(), 2u);
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.2:80"));
  world.advance(4s);
  EXPECT_EQ(resolver.asked.size(), 3u);
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.3:80"));
}

TEST_F(NameKeeperTest, KeepsTheLastGoodAddressesWhereItFails) {
  resolver.will_answer("b", {"10.0.0.1"}, 10s);
  resolver.will_fail("b");
  resolver.will_fail("b");
  apply({service("shop", {"b"})});
  world.advance(13s);
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.1:80"));
}

TEST_F(NameKeeperTest, TellsOfAFailureOnceAndOfItsEnd) {
  for (int i = 0; i < 3; ++i) resolver.will_fail("b");
  resolver.will_answer("b", {"10.0.0.1"}, 1h);
  apply({service("shop", {"b"})});
  EXPECT_THAT(addresses(), IsEmpty());
  world.advance(1min);
  EXPECT_THAT(heard, ElementsAre("b fails", "b is found"));
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.1:80"));
}

TEST_F(NameKeeperTest, AsksAgainSoonAfterAFailure) {
  apply({service("shop", {"b"})});
  world.advance(NameKeeper::retry_pause * 10);
  EXPECT_GE(resolver.asked.size(), 10u);
  EXPECT_LE(resolver.asked.size(), 11u);
}

TEST_F(NameKeeperTest, AQuestionHasItsTime) {
  apply({service("shop", {"b"})});
  EXPECT_THAT(resolver.patience, ElementsAre(NameKeeper::patience));
}

TEST_F(NameKeeperTest, ANameIsAskedForOnceHoweverManyServicesUseIt) {
  resolver.will_answer("b", {"10.0.0.1"}, 1h);
  apply({service("shop", {"b"}), service("blog", {"b"})});
  world.advance(1s);
  EXPECT_THAT(resolver.asked, ElementsAre("b"));
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.1:80", "10.0.0.1:80"));
}

TEST_F(NameKeeperTest, ALiteralIsNoQuestion) {
  apply({service("shop", {"10.0.0.1"})});
  world.advance(1h);
  EXPECT_THAT(resolver.asked, IsEmpty());
}

TEST_F(NameKeeperTest, AReloadGoesOnWithTheNamesThatStay) {
  resolver.will_answer("b", {"10.0.0.1"}, 10s);
  resolver.will_answer("c", {"10.0.0.2"}, 10s);
  apply({service("shop", {"b"})});
  world.advance(5s);
  apply({service("shop", {"b", "c"})});
  EXPECT_THAT(resolver.asked, ElementsAre("b", "c"));
  world.advance(1s);
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.1:80", "10.0.0.2:80"));
}

TEST_F(NameKeeperTest, WhatWasLearntBeforehandIsKnownAtOnce) {
  resolver.will_answer("b", {"10.0.0.1"}, 10s);
  runtime::Scope tasks(loop);
  tasks.start(keeper.learn({"b", "nothing"}, loop.now() + 1s));
  world.advance(1s);
  EXPECT_EQ(tasks.running(), 0u);
  apply({service("shop", {"b"})});
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.1:80"));
  EXPECT_THAT(resolver.asked, ElementsAre("b", "nothing"));
  world.advance(11s);  // its time to live holds
  EXPECT_THAT(resolver.asked, ElementsAre("b", "nothing", "b"));
}

TEST_F(NameKeeperTest, WhatIsKeptNeedNotBeLearnt) {
  apply({service("shop", {"b"})});  // and does not resolve
  runtime::Scope tasks(loop);
  tasks.start(keeper.learn({"b"}, loop.now() + 1s));
  EXPECT_EQ(tasks.running(), 0u);
}

TEST_F(NameKeeperTest, NamesThatAreGoneAreAskedForNoMore) {
  resolver.delay = 1s;  // a question is under way while its name goes
  apply({service("shop", {"b"})});
  apply({service("shop", {"10.0.0.1"})});
  world.advance(1h);
  EXPECT_THAT(resolver.asked, ElementsAre("b"));
  EXPECT_THAT(heard, IsEmpty());
}

}  // namespace
}  // namespace minato::upstream
