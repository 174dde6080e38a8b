#include "net/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/host.h"
#include "net/test_loop.h"
#include "net/test_name_server.h"

namespace minato::net {
namespace {

using testing::ElementsAre;

struct Answer {
  Result<Resolution> outcome = fail(Fault::closed, Side::local, "no answer yet");
  bool came = false;

  std::vector<std::string> hosts() const {
    std::vector<std::string> texts;
    for (const Address& address : outcome.value().addresses) texts.push_back(address.host_text());
    return texts;
  }
};

Task<void> resolve(Resolver& resolver, std::string name, Instant until, Answer& answer) {
  answer.outcome = co_await resolver.resolve(std::move(name), until);
  answer.came = true;
}

class ResolverTest : public LoopTest {
 protected:
  ~ResolverTest() override { tasks.cancel_all(); }

  Answer ask(const std::string& name, Millis limit = 20s) {
    Answer answer;
    run(resolve(*resolver, name, loop->now() + limit, answer));
    EXPECT_TRUE(answer.came);
    return answer;
  }
  std::unique_ptr<Resolver> resolver_with(Millis min_ttl, Millis max_ttl) {
    const DnsOptions options{
        .servers = {server.address().text()}, .min_ttl = min_ttl, .max_ttl = max_ttl};
    return make_resolver(*loop, options).value();
  }

  TestNameServer server{*loop};
  std::unique_ptr<Resolver> resolver = resolver_with(1s, 5min);
};

TEST_F(ResolverTest, GivesAllAddressesOfBothKindsSortedAndOnce) {
  if (!has_ipv6()) GTEST_SKIP() << "this host has no IPv6";
  server.names["app.test"] = {
      .addresses = {"192.0.2.9", "2001:db8::1", "192.0.2.1", "192.0.2.9", "2001:db8::2"}};
  const Answer answer = ask("app.test");
  EXPECT_THAT(answer.hosts(), ElementsAre("192.0.2.1", "192.0.2.9", "2001:db8::1", "2001:db8::2"));
  EXPECT_EQ(answer.outcome->addresses[0].port(), 0);
}

TEST_F(ResolverTest, TheSmallestTtlOfTheChainCounts) {
  server.names["one.test"] = {.addresses = {"192.0.2.1"}, .ttl = 40};
  server.names["www.test"] = {.ttl = 40, .alias_of = "one.test", .alias_ttl = 20};
  EXPECT_EQ(ask("one.test").outcome->ttl, 40s);
  EXPECT_EQ(ask("www.test").outcome->ttl, 20s);
  EXPECT_THAT(ask("www.test").hosts(), ElementsAre("192.0.2.1"));
}

TEST_F(ResolverTest, TheTtlStaysWithinItsBounds) {
  server.names["short.test"] = {.addresses = {"192.0.2.1"}, .ttl = 0};
  server.names["long.test"] = {.addresses = {"192.0.2.1"}, .ttl = 86'400};
  server.names["odd.test"] = {.addresses = {"192.0.2.1"}, .ttl = 0xffffffff};
  resolver = resolver_with(2s, 60s);
  EXPECT_EQ(ask("short.test").outcome->ttl, 2s);
  EXPECT_EQ(ask("long.test").outcome->ttl, 60s);
  const Millis odd = ask("odd.test").outcome->ttl;
  EXPECT_TRUE(odd == 2s || odd == 60s);
}

TEST_F(ResolverTest, TellsWhyThereIsNoAnswer) {
  EXPECT_EQ(ask("absent.test").outcome.error().fault, Fault::not_found);
  server.names["empty.test"] = {};
  EXPECT_EQ(ask("empty.test").outcome.error().fault, Fault::not_found);
  server.rcode = 2;  // SERVFAIL
  EXPECT_EQ(ask("app.test").outcome.error().fault, Fault::refused);
  EXPECT_EQ(ask("app.test").outcome.error().side, Side::upstream);
}

TEST_F(ResolverTest, WhatIsNoNameIsNotAskedFor) {
  const std::string with_nul("a\0b.test", 8);
  for (const std::string& name :
       {std::string(), std::string(255, 'a'), with_nul, std::string(64, 'a') + ".test"})
    EXPECT_EQ(ask(name).outcome.error().fault, Fault::not_found) << name;
  EXPECT_EQ(server.udp_questions, 0);
}

TEST_F(ResolverTest, AServerThatIsSilentIsWaitedForUntilTheDeadline) {
  server.silent = true;
  const Answer answer = ask("app.test", 20ms);
  EXPECT_EQ(answer.outcome.error().fault, Fault::timed_out);
  EXPECT_GT(server.udp_questions, 0);
}

TEST_F(ResolverTest, AnAnswerThatIsTooLongForADatagramComesOverTcp) {
  NameRecord& record = server.names["many.test"];
  for (int i = 0; i < 300; ++i)
    record.addresses.push_back("192.0." + std::to_string(i / 100) + "." + std::to_string(i % 100));
  for (int round = 1; round <= 3; ++round) {
    EXPECT_EQ(ask("many.test").outcome.value().addresses.size(), 256u);  // and no more than these
    EXPECT_EQ(server.tcp_questions, round);
  }
}

TEST_F(ResolverTest, ManyQuestionsRunAtOnce) {
  std::vector<Answer> answers(100);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string name = "host" + std::to_string(i) + ".test";
    server.names[name] = {.addresses = {"192.0.2." + std::to_string(i)}};
    start(resolve(*resolver, name, loop->now() + 20s, answers[i]));
  }
  settle();
  for (std::size_t i = 0; i < answers.size(); ++i)
    EXPECT_THAT(answers[i].hosts(), ElementsAre("192.0.2." + std::to_string(i)));
}

TEST_F(ResolverTest, LiteralsAnswerThemselves) {
  EXPECT_THAT(ask("192.0.2.7").hosts(), ElementsAre("192.0.2.7"));
  EXPECT_THAT(ask("2001:db8::7").hosts(), ElementsAre("2001:db8::7"));
  EXPECT_EQ(ask("192.0.2.7").outcome->ttl, 5min);
  EXPECT_EQ(server.udp_questions, 0);
}

TEST_F(ResolverTest, LocalhostIsThisHostWhateverServersSay) {
  server.names["localhost"] = {.addresses = {"192.0.2.66"}};
  const Answer answer = ask("localhost");
  EXPECT_THAT(answer.hosts(), testing::Contains("127.0.0.1"));
  for (const Address& address : answer.outcome->addresses) EXPECT_TRUE(address.is_loopback());
  EXPECT_EQ(answer.outcome->ttl, 10s);  // of the hosts file
  EXPECT_EQ(server.udp_questions, 0);
}

TEST_F(ResolverTest, ATaskThatIsDroppedIsNotToldOfItsAnswer) {
  server.names["app.test"] = {.addresses = {"192.0.2.1"}};
  Answer dropped;
  start(resolve(*resolver, "app.test", never, dropped));
  tasks.cancel_all();
  EXPECT_THAT(ask("app.test").hosts(), ElementsAre("192.0.2.1"));
  EXPECT_FALSE(dropped.came);
}

TEST_F(ResolverTest, AnAnswerBehindTheDeadlineIsNobodys) {
  server.silent = true;
  EXPECT_EQ(ask("app.test", 1ms).outcome.error().fault, Fault::timed_out);
  server.silent = false;
  server.names["app.test"] = {.addresses = {"192.0.2.1"}};
  EXPECT_THAT(ask("app.test").hosts(), ElementsAre("192.0.2.1"));
}

TEST_F(ResolverTest, DestroyingItEndsWhatItWasAsked) {
  server.silent = true;
  Answer answer;
  start(resolve(*resolver, "app.test", never, answer));
  resolver.reset();
  settle();
  EXPECT_EQ(answer.outcome.error().fault, Fault::cancelled);
  EXPECT_EQ(loop->timers().armed_count(), 0u);
}

}  // namespace
}  // namespace minato::net
