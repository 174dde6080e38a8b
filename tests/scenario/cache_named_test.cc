// Requests of those who say who they are, by Authorization or a Cookie, beside those of others.
#include "scenario/cache_cases.h"

namespace minato::scenario {
namespace {

const Lines cookie{{"Cookie", "s=a"}};
const Lines credentials{{"Authorization", "Basic YTph"}};

struct NamedCases : CacheCases {
  NamedCases() : CacheCases({.ttl = 1000s}) {}
};

struct NamedCookieCases : CacheCases {
  NamedCookieCases() : CacheCases({.ttl = 1000s, .ttl_applies_to_cookies = true}) {}
};

TEST_F(NamedCases, WhoConfirmsItTakesNoLifetimeFromIt) {
  const Lines public_{{"ETag", "\"1\""}, {"Cache-Control", "public"}};
  for (const Lines& client : {cookie, credentials}) {
    for (const bool insists : {true, false}) {
      say({.fields = public_, .body = "of all"});
      get();
      Lines fields = client;
      if (insists)
        fields.emplace_back("Cache-Control", "no-cache");
      else
        pass(1001);
      say({.status = 304, .fields = public_});
      EXPECT_EQ(get(fields).body, "of all");
      pass(999);
      EXPECT_EQ(get().body, "of all");
      EXPECT_EQ(asked(), 0u);
      say({.fields = {}, .body = "gone"});
      ask("DELETE");
    }
  }
}

TEST_F(NamedCases, WhoConfirmsItGivesNoLifetimeToIt) {
  say({.fields = {{"ETag", "\"1\""}}, .body = "of a"});
  get(cookie);
  for (int i = 0; i < 2; ++i) {
    say({.status = 304, .fields = {{"ETag", "\"1\""}}});
    EXPECT_EQ(get().body, "of a");
    EXPECT_EQ(asked(), 1u) << "ttl counted for it";
  }
}

TEST_F(NamedCases, ANotModifiedToCredentialsAloneMakesNothingFresh) {  // RFC 9111 3.5
  say({.fields = {{"ETag", "\"1\""}}, .body = "of all"});
  get();
  pass(1001);
  for (const Lines& client : {credentials, Lines{}}) {
    say({.status = 304, .fields = {{"ETag", "\"1\""}}});
    EXPECT_EQ(get(client).body, "of all");
    EXPECT_EQ(asked(), 1u);
  }
  EXPECT_EQ(get().body, "of all");
  EXPECT_EQ(asked(), 0u);
}

TEST_F(NamedCases, WhatWasRefusedToOneIsWaitedForByOthers) {
  const std::pair<Lines, PlainResponse> refused[] = {
      {credentials, {.fields = {{"Cache-Control", "max-age=60"}}}},
      {cookie, {.fields = {}}},
      {cookie, {.fields = {{"Cache-Control", "private"}}}}};
  for (const auto& [client, answer] : refused) {
    say(answer);
    get(client);
    say({.fields = {}, .body = "of all", .takes = 1});
    const auto outcomes = get_twice();
    EXPECT_EQ(outcomes[1].body, "of all");
    EXPECT_EQ(asked(), 1u);
    say({.fields = {}, .body = "gone"});
    ask("DELETE");
  }
}

TEST_F(NamedCases, WhoWaitedForWhatIsRefusedToOneWaitsTogetherAgain) {
  say({.fields = {}, .body = "of a", .takes = 1});
  say({.fields = {}, .body = "of all", .takes = 1});
  const auto outcomes = get_at_once({cookie, {}, {}, {}});
  EXPECT_EQ(asked(), 2u);
  EXPECT_EQ(outcomes[0].body, "of a");
  for (const std::size_t other : {1u, 2u, 3u}) EXPECT_EQ(outcomes[other].body, "of all");
}

TEST_F(NamedCases, WhatIsRefusedToAllWhoNameThemselvesIsWaitedForOnce) {
  for (const Lines& client : {cookie, credentials}) {
    for (int i = 0; i < 2; ++i) say({.fields = {}, .takes = 1});
    get_at_once({client, client});
    EXPECT_EQ(call(1).sent - call(0).sent, 1);
    for (int i = 0; i < 2; ++i) say({.fields = {}, .takes = 1});
    get_at_once({client, client});
    ASSERT_EQ(asked(), 2u);
    EXPECT_EQ(call(1).sent, call(0).sent);
  }
}

TEST_F(NamedCases, WhatIsRefusedToAllIsWaitedForOnceWhoeverOneIs) {
  const Lines said{{"Cache-Control", "no-store"}};
  for (int i = 0; i < 4; ++i) say({.fields = said, .takes = 1});
  get_at_once({{}, cookie, cookie, credentials});
  ASSERT_EQ(asked(), 4u);
  for (const std::size_t other : {1u, 2u, 3u}) EXPECT_EQ(call(other).sent - call(0).sent, 1);
}

TEST_F(NamedCookieCases, TheCookieThatCredentialsGotWithANotModifiedIsNotForOthers) {
  const Lines said{{"ETag", "\"1\""}, {"Cache-Control", "public"}};
  say({.fields = said, .body = "of all"});
  get();
  pass(1001);
  Lines own = said;
  own.emplace_back("Set-Cookie", "s=1");
  say({.status = 304, .fields = own});
  say({.fields = own, .body = "of one"});
  EXPECT_EQ(field(get(credentials), "Set-Cookie"), "s=1");
  say({.fields = said, .body = "of all"});
  EXPECT_EQ(field(get(), "Set-Cookie"), "");
  EXPECT_EQ(asked(), 1u);
}

}  // namespace
}  // namespace minato::scenario
