// What a 304 makes of what is stored, whoever asked.
#include "scenario/cache_cases.h"

namespace minato::scenario {
namespace {

/// Stored, stale, and then asked about: on behalf of all, and for one who insists on it.
struct ConfirmedCases : CacheCases, testing::WithParamInterface<bool> {
  static Lines insisting() { return {{"Cache-Control", "no-cache"}}; }
  static Lines asking() { return GetParam() ? insisting() : Lines{}; }
  void store_a() {
    say({.fields = said("1"), .body = "a"});
    EXPECT_EQ(get().body, "a");
    pass(20);
    say({.status = 304, .fields = said("1"), .takes = 1});
  }
  static Lines said(const std::string& tag) {
    return {{"Cache-Control", "max-age=10"}, {"ETag", "\"" + tag + "\""}};
  }
  static bool says_stored(const Outcome& outcome) {
    return field(outcome, "cache-status").contains("; stored");
  }
};

INSTANTIATE_TEST_SUITE_P(TogetherAndAlone, ConfirmedCases, testing::Bool());

TEST_P(ConfirmedCases, WhatIsStillThereIsStoredAnew) {
  store_a();
  EXPECT_TRUE(says_stored(get(asking())));
  EXPECT_EQ(get().body, "a");
  EXPECT_EQ(asked(), 0u);
}

TEST_P(ConfirmedCases, WhatIsForOneAloneIsToldToWhoAsked) {  // RFC 9111 5.2.2.4, 5.2.2.7
  for (const auto* const directive : {"no-cache", "private"}) {
    say({.fields = said("1"), .body = "a"});
    EXPECT_EQ(get(insisting()).body, "a");
    pass(20);
    const auto withheld = std::string("max-age=10, ") + directive + "=\"X-Mine\"";
    say({.status = 304,
         .fields = {{"Cache-Control", withheld}, {"ETag", "\"1\""}, {"X-Mine", "1"}}});
    EXPECT_EQ(field(get(asking()), "x-mine"), "1") << directive;
    EXPECT_EQ(field(get(), "x-mine"), "") << directive;
    EXPECT_EQ(asked(), 0u);
    pass(20);
  }
}

TEST_P(ConfirmedCases, WhatWasReplacedSinceIsNotSaidToBeStored) {  // RFC 9211 2.5
  store_a();
  say({.fields = said("2"), .body = "b"});
  const auto outcomes = get_at_once({asking(), insisting()});
  EXPECT_EQ(outcomes[0].body, "a");
  EXPECT_FALSE(says_stored(outcomes[0]));
  EXPECT_TRUE(says_stored(outcomes[1]));
  EXPECT_EQ(get().body, "b");
  EXPECT_EQ(asked(), 0u);
}

TEST_P(ConfirmedCases, WhatWasEvictedSinceIsNotSaidToBeStored) {  // RFC 9211 2.5
  store_a();
  std::vector<PlainRequest> requests{{.fields = asking()}};
  for (int i = 0; i < 8; ++i) {  // as much as there is memory for
    requests.push_back({.path = "/" + std::to_string(i), .fields = {}});
    say({.fields = said("2"), .body = std::string(1'000'000, 'x')});
  }
  const auto outcomes = ask_at_once(requests);
  EXPECT_EQ(outcomes[0].body, "a");
  EXPECT_FALSE(says_stored(outcomes[0]));
  EXPECT_TRUE(says_stored(outcomes.back()));
  say({.fields = {}, .body = "c"});
  EXPECT_EQ(get().body, "c");
  EXPECT_EQ(line_of(call(0).request.fields, "if-none-match"), nullptr);
}

}  // namespace
}  // namespace minato::scenario
