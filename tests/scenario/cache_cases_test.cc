// What the model and the crowds once found, a case each.
#include "scenario/cache_cases.h"

#include <array>

#include "cache/send_content.h"

namespace minato::scenario {
namespace {

struct BypassedCookieCases : CacheCases {
  BypassedCookieCases() : CacheCases({.ttl = 0s, .set_cookie = cache::SetCookie::bypass}) {}
};

struct StrippedCookieCases : CacheCases {
  StrippedCookieCases() : CacheCases({.ttl = 100s, .set_cookie = cache::SetCookie::strip}) {}
};

struct LargeCases : CacheCases {
  LargeCases() : CacheCases({.max_body_size = 4_MiB}) {}
};

struct SmallCases : CacheCases {
  SmallCases() : CacheCases({.max_body_size = Bytes{10}, .ttl = 0s}) {}
};

struct TtlCases : CacheCases {
  TtlCases() : CacheCases({.ttl = 1000s}) {}
};

struct StaleCases : CacheCases {
  StaleCases()
      : CacheCases({.ttl = 0s, .stale_if_error = 1000s, .stale_while_revalidate = 1000s}) {}
};

TEST_F(LargeCases, AHitIsWrittenInSeveralPieces) {
  for (const std::size_t mebibytes : {1u, 3u}) {
    SCOPED_TRACE(mebibytes);
    say({.fields = {{"Cache-Control", "max-age=60"}}, .body = std::string(mebibytes << 20, 'x')});
    const std::string path = "/" + std::to_string(mebibytes);
    ask_at_once({{.path = path, .fields = {}}});
    const auto hit = ask_at_once({{.path = path, .fields = {}}}).front();
    EXPECT_TRUE(field(hit, "Cache-Status").starts_with("model; hit"));
    EXPECT_EQ(hit.body.size(), mebibytes << 20);
    EXPECT_EQ(hit.largest_write, cache::write_bytes_max);
  }
}

TEST_F(CacheCases, WhatWasFreshGrowsStale) {  // RFC 9111 4.2
  say({.fields = {{"Cache-Control", "max-age=10"}}, .body = "old"});
  EXPECT_EQ(get().body, "old");
  pass(9);
  EXPECT_EQ(get().body, "old");
  EXPECT_EQ(asked(), 0u);
  pass(1);
  say({.fields = {{"Cache-Control", "max-age=10"}}, .body = "new"});
  EXPECT_EQ(get().body, "new");
}

TEST_F(CacheCases, WhatWasValidatedIsFreshForItsNewTimeAlone) {  // RFC 9111 3.2, 4.3.4
  say({.fields = {{"Cache-Control", "max-age=100"}, {"ETag", "\"1\""}}, .body = "old"});
  EXPECT_EQ(get().body, "old");
  pass(100);
  say({.status = 304, .fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}});
  EXPECT_EQ(get().body, "old");
  pass(9);
  EXPECT_EQ(get().body, "old");
  EXPECT_EQ(asked(), 0u);
  pass(1);
  say({.fields = {{"Cache-Control", "max-age=10"}}, .body = "new"});
  EXPECT_EQ(get().body, "new");
}

TEST_F(CacheCases, SilenceIs504WhereNothingMayBeServedStale) {  // RFC 9111 5.2.2.2
  using enum http::Reason;
  constexpr std::array forbidding{"max-age=10, must-revalidate", "max-age=10, proxy-revalidate",
                                  "s-maxage=10", "max-age=10, no-cache"};
  constexpr std::array silent{no_usable_endpoint, connect_refused, connect_timeout,
                              upstream_closed,    upstream_reset,  upstream_timeout};
  constexpr std::array answering{upstream_malformed, upstream_head_too_large, upstream_saturated};
  for (const auto* const directives : forbidding) {
    SCOPED_TRACE(directives);
    say({.fields = {{"Cache-Control", directives}, {"ETag", "\"1\""}}, .body = "old"});
    EXPECT_EQ(get({{"Cache-Control", "no-cache"}}).body, "old");
    pass(20);
    const auto failed = [&](http::Reason why, const char* method) {
      say({.fields = {}, .body = {}, .fails = true, .why = why});
      return ask(method);
    };
    for (const auto why : silent) {
      EXPECT_EQ(failed(why, "GET").status, 504) << http::row(why).name;
      const auto head = failed(why, "HEAD");
      EXPECT_EQ(head.status, 504) << http::row(why).name;
      EXPECT_EQ(field(head, "Cache-Status"), "model; fwd=stale; detail=stale-forbidden");
    }
    for (const auto why : answering) EXPECT_EQ(failed(why, "GET").status, http::row(why).status);
  }
}

TEST_F(CacheCases, SilenceIsItselfWhereStaleIsNotForbidden) {  // RFC 9111 4.2.4
  say({.fields = {{"Cache-Control", "max-age=10"}}, .body = "old"});
  EXPECT_EQ(get().body, "old");
  pass(20);
  say({.fields = {}, .body = {}, .fails = true, .why = http::Reason::connect_refused});
  EXPECT_EQ(get().status, 502);
}

TEST_F(CacheCases, AHeadTellsOfTheNewestPartWhateverItsRange) {  // RFC 9110 14.2
  const auto part = [&](const char* range, const char* content_range, const char* etag) {
    say({.status = 206,
         .fields = {{"Cache-Control", "max-age=100"},
                    {"ETag", etag},
                    {"Content-Range", content_range}},
         .body = "abcd"});
    EXPECT_EQ(get({{"Range", range}}).body, "abcd");
    pass(1);
  };
  part("bytes=0-3", "bytes 0-3/10", "W/\"1\"");
  part("bytes=6-9", "bytes 6-9/10", "W/\"2\"");
  say({.fields = {{"Cache-Control", "private"}, {"ETag", "W/\"2\""}}, .body = "0123456789"});
  ask_at_once({{.method = "HEAD", .fields = {{"Range", "bytes=0-3"}}}});
  EXPECT_EQ(get({{"Range", "bytes=0-3"}}).body, "abcd");
  EXPECT_EQ(asked(), 0u);
  say({.fields = {}, .body = "new"});
  EXPECT_EQ(get({{"Range", "bytes=6-9"}}).body, "new");
}

TEST_F(CacheCases, APartThatANewerOneOutdatedDoesNotComeBack) {  // RFC 9111 4.3.3
  const auto get_part = [&](const char* range, const char* directive, const char* body) {
    say({.status = 206,
         .fields = {{"Cache-Control", directive},
                    {"ETag", std::string("W/\"") + body + '"'},
                    {"Content-Range", "bytes 1-4/5"}},
         .body = body});
    EXPECT_EQ(get({{"Range", range}, {"Cache-Control", "no-cache"}}).body, body);
  };
  get_part("bytes=1-9", "max-age=100", "old.");
  get_part("bytes=1-4", "max-age=100", "new.");
  EXPECT_EQ(get({{"Range", "bytes=1-9"}}).body, "new.");
  EXPECT_EQ(asked(), 0u);
  get_part("bytes=1-4", "private", "mine");
  say({.fields = {}, .body = "last"});
  EXPECT_EQ(get({{"Range", "bytes=1-4"}}).body, "last");
}

TEST_F(CacheCases, APartThatASmallerOneOutdatedIsGone) {  // RFC 9111 4.3.3
  const auto part = [](const char* range, const char* etag, const char* body) {
    return PlainResponse{
        .status = 206,
        .fields = {{"Cache-Control", "max-age=100"}, {"ETag", etag}, {"Content-Range", range}},
        .body = body};
  };
  for (const auto* const weak : {"W/", ""}) {
    const auto tag = [&](const char* name) { return weak + std::string(name); };
    say(part("bytes 0-3/5", tag("\"1\"").c_str(), "old."));
    EXPECT_EQ(get({{"Range", "bytes=0-3"}}).body, "old.");
    say(part("bytes 1-2/5", tag("\"2\"").c_str(), "ew"));
    EXPECT_EQ(get({{"Range", "bytes=1-2"}, {"Cache-Control", "no-cache"}}).body, "ew");
    say({.fields = {}, .body = "new.."});
    EXPECT_EQ(get({{"Range", "bytes=0-3"}}).body, "new..") << weak;
    pass(200);
  }
}

TEST_F(CacheCases, NothingOfAnAnswerToANoStoreRequestIsStored) {  // RFC 9111 5.2.1.5
  say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  pass(20);
  say({.status = 304, .fields = {{"Cache-Control", "max-age=100"}}});
  EXPECT_EQ(get({{"Cache-Control", "no-store"}}).body, "a");
  say({.fields = {}, .body = "b"});
  EXPECT_EQ(get().body, "b") << "the lifetime of the 304 was kept";
}

TEST_F(CacheCases, ANotModifiedThatForbidsStoringEndsWhatIsStored) {  // RFC 9111 3.2
  for (const auto* const directive : {"no-store", "private"}) {
    say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}, .body = "a"});
    EXPECT_EQ(get().body, "a");
    pass(20);
    say({.status = 304, .fields = {{"Cache-Control", directive}}});
    say({.fields = {{"Cache-Control", directive}}, .body = "b"});
    EXPECT_EQ(get().body, "b");
    EXPECT_EQ(asked(), 2u);
    pass(200);
  }
}

TEST_F(CacheCases, ANotModifiedThatAddsTooMuchEndsWhatIsStored) {
  const std::string much(40'000, 'x');
  for (const auto* const method : {"GET", "HEAD"}) {
    say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}, {"X-1", much}},
         .body = "a"});
    EXPECT_EQ(get().body, "a");
    pass(20);
    const bool is_get = std::string_view(method) == "GET";
    say({.status = is_get ? 304 : 200, .fields = {{"X-2", much}}, .states_length = false});
    if (is_get) say({.fields = {{"Cache-Control", "no-store"}}, .body = "b"});
    EXPECT_EQ(ask(method).body, is_get ? "b" : "");
    say({.fields = {{"Cache-Control", "no-store"}}, .body = "c"});
    EXPECT_EQ(get().body, "c");
    ASSERT_EQ(asked(), 1u);
    EXPECT_EQ(line_of(call(0).request.fields, "if-none-match"), nullptr);
    pass(200);
  }
}

TEST_F(CacheCases, ANotModifiedWithoutADateIsOfTheMomentItCame) {  // RFC 9110 6.6.1
  say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  pass(20);
  say({.status = 304, .fields = {}});
  EXPECT_EQ(field(get(), "age"), "0");
  pass(5);
  EXPECT_EQ(field(get(), "age"), "5");
  EXPECT_EQ(asked(), 0u);
}

TEST_F(CacheCases, AHeadOfAnotherStatusMakesWhatIsStoredStale) {  // RFC 9111 4.3.5
  say({.status = 404, .fields = {{"Cache-Control", "max-age=100, must-revalidate"}}, .body = "no"});
  EXPECT_EQ(get().status, 404);
  pass(200);
  say({.fields = {{"Cache-Control", "max-age=100"}}, .body = "ok"});
  EXPECT_EQ(ask("HEAD").status, 200);
  say({.fields = {}, .body = "ok"});
  EXPECT_EQ(get().body, "ok") << "the old status was freshened";
}

TEST_F(CacheCases, AHeadThatForbidsStoringEndsWhatIsOutOfDateToo) {  // RFC 9111 4.3.5
  for (const auto* const directive : {"no-store", "private"}) {
    say({.fields = {{"Cache-Control", "max-age=10, stale-if-error=1000"}}, .body = "a"});
    EXPECT_EQ(get().body, "a");
    pass(20);
    say({.fields = {}, .body = "of another length"});
    EXPECT_EQ(ask("HEAD").status, 200);
    say({.fields = {{"Cache-Control", directive}}, .body = "a"});
    EXPECT_EQ(ask("HEAD").status, 200);
    say({.fails = true});
    EXPECT_TRUE(get().failed) << directive;
  }
}

TEST_F(CacheCases, TheAgeOfWhatServesOnErrorIsThatOfTheMoment) {  // RFC 9111 4.2.3
  say({.fields = {{"Cache-Control", "max-age=10, stale-if-error=100"}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  pass(20);
  say({.fails = true, .takes = 7});
  EXPECT_EQ(field(get(), "age"), "27");
}

TEST_F(CacheCases, WhatServesOnErrorIsNoHit) {  // RFC 9211 2.1, 2.2, 2.3
  say({.fields = {{"Cache-Control", "max-age=10, stale-if-error=100"}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  pass(20);
  for (const auto* const method : {"GET", "HEAD"}) {
    say({.fails = true});
    EXPECT_EQ(field(ask(method), "cache-status"),
              "model; fwd=stale; ttl=-10; detail=stale-if-error");
    say({.status = 503});
    EXPECT_EQ(field(ask(method), "cache-status"),
              "model; fwd=stale; fwd-status=503; ttl=-10; detail=stale-if-error");
  }
  say({.status = 503, .takes = 1});
  EXPECT_EQ(field(get_twice()[1], "cache-status"),
            "model; fwd=stale; fwd-status=503; ttl=-11; collapsed; detail=stale-if-error");
}

TEST_F(CacheCases, AFailureIsAnErrorWhereItWouldBeToldAsOne) {  // RFC 5861 4
  say({.fields = {{"Cache-Control", "max-age=10, stale-if-error=100"}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  pass(20);
  for (const auto* const method : {"GET", "HEAD"}) {
    say({.fails = true, .why = http::Reason::out_of_resources});
    EXPECT_EQ(ask(method).status, 200);
    say({.fails = true, .why = http::Reason::client_gone});
    EXPECT_TRUE(ask(method).failed);
  }
}

TEST_F(CacheCases, WhoWantsNothingOfTheOriginHasItNotAsked) {  // RFC 9111 5.2.1.7
  say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  pass(20);
  for (const auto* const field_of : {"X-A", "If-Match", "If-Unmodified-Since"}) {
    const auto outcome = get({{"Cache-Control", "only-if-cached"}, {field_of, "\"1\""}});
    EXPECT_EQ(outcome.status, 504) << field_of;
    EXPECT_EQ(field(outcome, "cache-status"), "model; detail=only-if-cached");  // RFC 9211 2.2
    EXPECT_EQ(asked(), 0u);
  }
}

TEST_F(CacheCases, WhoWaitedLongEnoughAsksAlone) {
  say({.fields = {{"Cache-Control", "max-age=10"}}, .body = "a", .takes = 20});
  say({.fields = {{"Cache-Control", "max-age=10"}}, .body = "b"});
  const auto outcomes = get_twice();
  ASSERT_EQ(asked(), 2u);
  EXPECT_EQ(call(1).sent - call(0).sent, 1);
  EXPECT_EQ(outcomes[0].body, "a");
  EXPECT_EQ(outcomes[1].body, "b");
}

/// Who asks when no stale response may serve any more waits for the refresh, which nobody reads.
TEST_F(SmallCases, ARefreshThatIsTooLargeToBeStoredFailsNobodyWhoWaits) {
  say({.fields = {{"Cache-Control", "max-age=1, stale-while-revalidate=3"}}, .body = "small"});
  EXPECT_EQ(get().body, "small");
  pass(2);
  const std::string large(100, 'x');
  for (const Second takes : {6, 0, 0})
    say({.fields = {{"Cache-Control", "max-age=60"}},
         .body = large,
         .states_length = false,
         .takes = takes});
  const auto outcomes =
      ask_at_once({{.fields = {}}, {.fields = {}, .after = 5}, {.fields = {}, .after = 5}});
  EXPECT_EQ(outcomes[0].body, "small");
  for (const Outcome& waited : {outcomes[1], outcomes[2]}) {
    EXPECT_EQ(waited.status, 200);
    EXPECT_EQ(waited.body, large);
    EXPECT_TRUE(waited.complete);
  }
}

TEST_F(CacheCases, HoweverMuchStoredIsForbiddenToStayThereIsAnAnswer) {
  for (const auto* const varies : {"X-1", "X-2", "X-3", "X-4", "X-5"}) {
    say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}, {"Vary", varies}}});
    EXPECT_EQ(get({{"Cache-Control", "no-cache"}}).status, 200);
  }
  pass(20);
  for (int i = 0; i < 4; ++i) say({.status = 304, .fields = {{"Cache-Control", "private"}}});
  say({.fields = {{"Cache-Control", "private"}}, .body = "new"});
  EXPECT_EQ(get().body, "new");
}

const Lines credentials{{"Authorization", "Basic YTph"}};

/// What may be stored, and has to be validated before each use.
constexpr std::array validated_each_time{"max-age=0, must-revalidate", "public, no-cache",
                                         "s-maxage=0"};

TEST_F(CacheCases, WhatIsValidatedEachTimeIsNotForThoseWhoWait) {  // RFC 9111 4
  for (const auto* const directives : validated_each_time) {
    const Lines said{{"Cache-Control", directives}, {"ETag", "\"1\""}};
    say({.fields = said, .body = "of a", .takes = 1});
    say({.status = 401, .fields = {{"Cache-Control", "no-store"}}});
    const auto outcomes = get_at_once({credentials, {}});
    EXPECT_EQ(outcomes[0].body, "of a");
    EXPECT_EQ(outcomes[1].status, 401) << directives;
    EXPECT_EQ(asked(), 2u);
    pass(200);
  }
}

TEST_F(CacheCases, WhatIsNotFreshEnoughForOneWhoWaitsIsNotForHim) {  // RFC 9111 5.2.1
  for (const auto* const wish : {"max-age=10", "min-fresh=60"}) {
    say({.fields = {{"Cache-Control", "max-age=100"}, {"Age", "50"}}, .body = "a", .takes = 1});
    say({.fields = {{"Cache-Control", "max-age=100"}}, .body = "b"});
    const auto outcomes = get_at_once({{}, {{"Cache-Control", wish}}});
    EXPECT_EQ(outcomes[0].body, "a");
    EXPECT_EQ(outcomes[1].body, "b") << wish;
    pass(200);
  }
}

TEST_F(CacheCases, WithoutALifetimeEachCookieGetsItsOwn) {
  say({.fields = {{"ETag", "\"a\""}}, .body = "of a", .takes = 1});
  say({.fields = {{"ETag", "\"b\""}}, .body = "of b"});
  const auto outcomes = get_at_once({{{"Cookie", "s=a"}}, {{"Cookie", "s=b"}}});
  EXPECT_EQ(outcomes[0].body, "of a");
  EXPECT_EQ(outcomes[1].body, "of b");
}

TEST_F(TtlCases, WhatACookieFetchedAPartOfIsForNobodyElseWhenItIsWhole) {
  const auto part = [](std::string range, std::string body) {
    return PlainResponse{.status = 206,
                         .fields = {{"ETag", "\"1\""}, {"Content-Range", "bytes " + range + "/6"}},
                         .body = std::move(body)};
  };
  for (const bool first_has_cookie : {true, false}) {
    const Lines cookie{{"Range", "bytes=0-1"}, {"Cookie", "s=a"}};
    say(part("0-1", "ab"));
    get(first_has_cookie ? cookie : Lines{{"Range", "bytes=0-1"}});
    pass(200);  // what was learned of the key is forgotten
    say(part("4-5", "ef"));
    EXPECT_EQ(get({{"Range", "bytes=4-5"}}).body, "ef");
    say(part("2-3", "cd"));
    EXPECT_EQ(get().body, "abcdef");
    say({.status = 304, .fields = {{"ETag", "\"1\""}}});
    EXPECT_EQ(get().body, "abcdef");
    EXPECT_EQ(asked(), first_has_cookie ? 1u : 0u);
    say({.fields = {}, .body = "gone"});
    ask("DELETE");
  }
}

TEST_F(StaleCases, WithoutALifetimeNobodyGetsWhatACookieFetched) {
  say({.fields = {{"ETag", "\"a\""}}, .body = "of a"});
  EXPECT_EQ(get({{"Cookie", "s=a"}}).body, "of a");
  pass(200);  // what was learned of the key is forgotten
  for (const Lines& client : {Lines{}, {{"Cookie", "s=b"}}, {{"Cache-Control", "max-stale"}}}) {
    say({.fails = true});
    EXPECT_TRUE(get(client).failed);
  }
  say({.fields = {{"ETag", "\"b\""}}, .body = "of b", .takes = 1});
  say({.fields = {{"ETag", "\"c\""}}, .body = "of c"});
  const auto outcomes = get_at_once({{{"Cookie", "s=b"}}, {{"Cache-Control", "max-stale"}}});
  EXPECT_EQ(outcomes[0].body, "of b");
  EXPECT_EQ(outcomes[1].body, "of c");
}

TEST_F(StaleCases, WithoutALifetimeAllGetWhatNoCookieFetched) {
  say({.fields = {{"ETag", "\"a\""}}, .body = "of all"});
  EXPECT_EQ(get().body, "of all");
  pass(50);
  say({.fails = true});
  EXPECT_EQ(get({{"Cookie", "s=b"}}).body, "of all");
}

TEST_F(CacheCases, ANotModifiedToOneIsNoneToAnother) {  // RFC 9111 4.3.4
  for (const auto* const directives : validated_each_time) {
    const Lines said{{"Cache-Control", directives}, {"ETag", "\"1\""}};
    say({.fields = said, .body = "of a"});
    EXPECT_EQ(get(credentials).body, "of a");
    pass(200);  // what was learned of the key is forgotten
    say({.status = 304, .fields = said, .takes = 1});
    say({.status = 401, .fields = {{"Cache-Control", "no-store"}}});
    const auto outcomes = get_at_once({credentials, {}});
    EXPECT_EQ(outcomes[0].body, "of a");
    EXPECT_EQ(outcomes[1].status, 401) << directives;
    pass(200);
  }
}

TEST_F(CacheCases, WhatIsValidatedEachTimeIsWaitedForOnce) {
  const Lines said{{"Cache-Control", "no-cache"}, {"ETag", "\"1\""}};
  say({.fields = said, .body = "a", .takes = 1});
  say({.status = 304, .fields = said, .takes = 1});
  (void)get_twice();
  EXPECT_EQ(call(1).sent - call(0).sent, 1);
  for (int i = 0; i < 2; ++i) say({.status = 304, .fields = said, .takes = 1});
  (void)get_twice();
  ASSERT_EQ(asked(), 2u);
  EXPECT_EQ(call(1).sent, call(0).sent);
}

TEST_F(CacheCases, WhatMayBeUsedAgainIsWaitedForAgain) {
  say({.fields = {{"Cache-Control", "no-cache"}, {"ETag", "\"1\""}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  const Lines said{{"Cache-Control", "max-age=10"}};
  say({.status = 304, .fields = said});
  EXPECT_EQ(get().body, "a");
  pass(20);
  say({.status = 304, .fields = said, .takes = 1});
  const auto outcomes = get_twice();
  EXPECT_EQ(asked(), 1u);
  EXPECT_EQ(outcomes[1].body, "a");
}

TEST_F(CacheCases, OfAPartIsSaidWhatThereIs) {  // RFC 9110 14.4
  for (const auto* const complete : {"10", "*"}) {
    const auto says = [&](const char* bytes) { return std::string(bytes) + "/" + complete; };
    say({.status = 206,
         .fields = {{"Cache-Control", "max-age=10"}, {"Content-Range", says("bytes 4-9")}},
         .body = "01234"});
    const Lines last_six{{"Range", "bytes=-6"}};
    EXPECT_EQ(get(last_six).body, "01234");
    const auto again = get(last_six);
    EXPECT_EQ(again.status, 206);
    EXPECT_EQ(again.body, "01234");
    EXPECT_EQ(field(again, "content-range"), says("bytes 4-8"));
    EXPECT_EQ(asked(), 0u);
    pass(20);
  }
}

TEST_F(CacheCases, APartThatIsLongerThanItSaysIsNotStored) {  // RFC 9110 14.4
  for (const auto* const body : {"01234", "56789"}) {
    say({.status = 206,
         .fields = {{"Cache-Control", "max-age=10"}, {"Content-Range", "bytes 4-5/10"}},
         .body = body});
    EXPECT_EQ(get({{"Range", "bytes=4-5"}}).body, body);
  }
}

TEST_F(SmallCases, WhatWouldBeTooLargeWhenItIsWholeIsNotCompleted) {
  const Lines said{{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}};
  PlainResponse part{.status = 206, .fields = said, .body = "01234"};
  part.fields.emplace_back("Content-Range", "bytes 0-4/20");
  say(part);
  EXPECT_EQ(get({{"Range", "bytes=0-4"}}).body, part.body);
  say({.fields = said, .body = "01234567890123456789"});
  EXPECT_EQ(get().body.size(), 20u);
  EXPECT_EQ(line_of(call(0).request.fields, "range"), nullptr);
}

TEST_F(CacheCases, WhoWantsTheWholeDoesNotFollowTheRefreshOfAPart) {
  const Lines said{{"Cache-Control", "max-age=10, stale-while-revalidate=60"}, {"ETag", "\"1\""}};
  const auto part = [&](const char* range, const char* body) {
    PlainResponse response{.status = 206, .fields = said, .body = body};
    response.fields.emplace_back("Content-Range", range);
    return response;
  };
  const Lines first_half{{"Range", "bytes=0-4"}};
  say(part("bytes 0-4/10", "01234"));
  EXPECT_EQ(get(first_half).body, "01234");
  pass(20);
  say({.status = 304, .fields = said, .takes = 1});
  say(part("bytes 5-9/10", "56789"));
  const auto outcomes = get_at_once({first_half, {}});
  EXPECT_EQ(outcomes[0].body, "01234");
  EXPECT_EQ(outcomes[1].status, 200);
  EXPECT_EQ(outcomes[1].body, "0123456789");
}

constexpr std::string_view set_cookie = "set-cookie";

TEST_F(CacheCases, TheCookieOfANotModifiedIsStoredAsThatOfAnyAnswer) {  // RFC 9111 3.2, 7.3
  say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}, .body = "a"});
  (void)get();
  pass(20);
  say({.status = 304, .fields = {{"Set-Cookie", "s=1"}}});
  EXPECT_EQ(field(get(), set_cookie), "s=1");
  EXPECT_EQ(field(get(), set_cookie), "s=1") << "it says for how long, and so for others";
  EXPECT_EQ(asked(), 0u);
}

TEST_F(CacheCases, TheCookieOfANotModifiedIsNotForOthersWithoutALifetime) {
  say({.fields = {{"ETag", "\"1\""}}, .body = "a"});
  (void)get();
  const Lines one{{"ETag", "\"1\""}, {"Set-Cookie", "s=1"}};
  say({.status = 304, .fields = one});
  say({.fields = one, .body = "b"});
  const auto own = get();
  EXPECT_EQ(own.body, "b");
  EXPECT_EQ(field(own, set_cookie), "s=1");
  say({.fields = {}, .body = "c"});
  EXPECT_EQ(field(get(), set_cookie), "");
  EXPECT_EQ(asked(), 1u);
}

TEST_F(BypassedCookieCases, TheCookieOfANotModifiedEndsWhatIsStored) {
  say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}, .body = "a"});
  (void)get();
  pass(20);
  const Lines said{{"Cache-Control", "max-age=10"}, {"Set-Cookie", "s=1"}};
  say({.status = 304, .fields = said});
  say({.fields = said, .body = "b"});
  EXPECT_EQ(field(get(), set_cookie), "s=1");
  say({.fields = {}, .body = "c"});
  EXPECT_EQ(field(get(), set_cookie), "");
  EXPECT_EQ(asked(), 1u);
}

TEST_F(StrippedCookieCases, NobodyGetsTheCookieOfANotModified) {
  say({.fields = {{"Cache-Control", "max-age=10"}, {"ETag", "\"1\""}}, .body = "a"});
  (void)get();
  pass(20);
  say({.status = 304, .fields = {{"Set-Cookie", "s=1"}}});
  EXPECT_EQ(field(get(), set_cookie), "");
  EXPECT_EQ(field(get(), set_cookie), "");
  EXPECT_EQ(asked(), 0u);
}

TEST_F(StrippedCookieCases, WhatHadACookieIsStillNotForAnybodyWhenItIsConfirmed) {
  say({.fields = {{"ETag", "\"1\""}, {"Set-Cookie", "a=1"}}, .body = "a"});
  EXPECT_EQ(get().body, "a");
  for (int i = 0; i < 2; ++i) {
    say({.status = 304, .fields = {}});
    EXPECT_EQ(get().body, "a");
    EXPECT_EQ(asked(), 1u) << "ttl counted for it";
  }
}

}  // namespace
}  // namespace minato::scenario
