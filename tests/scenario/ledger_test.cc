// The judge sees what it is there to see.
#include "scenario/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace minato::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t bytes = 100;

ExchangePlan plan_of(int id, const char* method) {
  ExchangePlan plan;
  plan.id = id;
  plan.request.method = method;
  plan.request.body = {.style = Framing::Kind::length, .bytes = bytes};
  plan.response.body = {.style = Framing::Kind::length, .bytes = bytes};
  return plan;
}

std::string body_of(BodyKey key) {
  std::string body;
  while (body.size() < bytes) body += body_byte(key, body.size());
  return body;
}

/// A ledger with two exchanges, a GET and a POST, that were begun.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    ledger.add(plan_of(1, "GET"));
    ledger.add(plan_of(2, "POST"));
    ledger.request_begun(1);
    ledger.request_begun(2);
  }
  void begin(const ExchangePlan& plan) {
    ledger.add(plan);
    ledger.request_begun(plan.id);
  }
  static Head trailer(int id, int attempt) {
    return {.start_line = "",
            .fields = {{"X-Trailer", trailer_value({id, Direction::response, attempt})}}};
  }
  int arrive(int id) {
    int attempt = 0;
    const auto method = id == 1 ? "GET" : "POST";
    ledger.request_arrived(
        {.start_line = std::string(method) + " /exchange/" + std::to_string(id) + " HTTP/1.1",
         .fields = {{"Host", "a"}, {"X-Exchange", std::to_string(id)}}},
        attempt);
    return attempt;
  }
  int answer(int id, int from) {
    return ledger.response_arrived(
        id, {.start_line = "HTTP/1.1 200 OK",
             .fields = {{"X-Exchange", std::to_string(from)}, {"X-Attempt", "1"}}});
  }
  void finish(int id) {
    ledger.response_body(id, 1, 0, body_of({id, Direction::response, 1}));
    ledger.response_ended(id, 1, bytes, Ending::complete, {});
  }
  void expect_violation(const char* text) {
    EXPECT_THAT(ledger.violations(), ElementsAre(HasSubstr(text)));
  }
  Ledger ledger{{}};
  ExchangePlan third = plan_of(3, "POST");
};

TEST_F(LedgerTest, FindsNothingWhereAllIsWell) {
  for (const int id : {1, 2}) {
    EXPECT_EQ(arrive(id), 1);
    ledger.request_body(id, 0, body_of({id, Direction::request, 0}));
    ledger.request_ended(id, 1, bytes, Ending::complete, {});
    EXPECT_EQ(answer(id, id), 1);
    finish(id);
  }
  ledger.close();
  EXPECT_THAT(ledger.violations(), IsEmpty());
  EXPECT_EQ(ledger.completed(), 2);
}

TEST_F(LedgerTest, FindsAPostThatReachesOriginsTwice) {
  EXPECT_EQ(arrive(1), 1);
  EXPECT_EQ(arrive(1), 2);
  EXPECT_THAT(ledger.violations(), IsEmpty());
  arrive(2);
  arrive(2);
  expect_violation("2: POST was sent 2 times");
}

TEST_F(LedgerTest, FindsTheAnswerToAnother) {
  arrive(1);
  arrive(2);
  answer(1, 2);
  expect_violation("1: got the answer to 2");
}

TEST_F(LedgerTest, FindsBytesOfAnotherBody) {
  arrive(1);
  ledger.request_body(1, 10, body_of({2, Direction::request, 0}).substr(10, 20));
  expect_violation("1: the request is wrong at byte 10");
}

TEST_F(LedgerTest, FindsAByteTooMany) {
  arrive(1);
  ledger.request_body(1, bytes, "x");
  expect_violation("1: the request has bytes too many");
}

TEST_F(LedgerTest, FindsWhatIsTruncatedAndPassedOffAsComplete) {
  arrive(1);
  answer(1, 1);
  ledger.response_ended(1, 1, bytes - 1, Ending::complete, {});
  expect_violation("1: the response has 99 bytes instead of 100");
}

TEST_F(LedgerTest, FindsACutWithoutACause) {
  arrive(1);
  answer(1, 1);
  ledger.response_ended(1, 1, 50, Ending::cut, {});
  expect_violation("1: the response was cut after 50 bytes");
}

TEST_F(LedgerTest, FindsAnErrorWithoutACause) {
  ledger.response_arrived(1, {.start_line = "HTTP/1.1 502 Bad Gateway", .fields = {}});
  expect_violation("1: HTTP/1.1 502 Bad Gateway without a cause");
}

TEST_F(LedgerTest, FindsWhatIsLost) {
  arrive(2);
  answer(2, 2);
  finish(2);
  ledger.close();
  expect_violation("1: was lost");
}

TEST_F(LedgerTest, FindsAResponseTooMany) {
  arrive(1);
  answer(1, 1);
  finish(1);
  answer(1, 1);
  expect_violation("1: a response too many");
}

TEST_F(LedgerTest, FindsTrailersThatVanish) {
  third.request.body.style = third.response.body.style = Framing::Kind::chunked;
  third.request.body.trailers = third.response.body.trailers = true;
  third.request.takes_trailers = true;
  begin(third);
  EXPECT_EQ(arrive(3), 1);
  ledger.request_ended(3, 1, bytes, Ending::complete, {});
  expect_violation("3: the request got 0 trailers");
  answer(3, 3);
  ledger.response_ended(3, 1, bytes, Ending::complete, trailer(3, 1));
  EXPECT_EQ(ledger.violations().size(), 1u);
}

TEST_F(LedgerTest, FindsTrailersThatNobodyAskedFor) {
  third.response.body.style = Framing::Kind::chunked;
  third.response.body.trailers = true;
  begin(third);
  arrive(3);
  answer(3, 3);
  ledger.response_ended(3, 1, bytes, Ending::complete, trailer(3, 1));
  expect_violation("3: the response got 1 trailers");
}

TEST_F(LedgerTest, FindsHintsThatVanishAndThoseOfAnother) {
  third.response.interims = 2;
  begin(third);
  arrive(3);
  ledger.interim_arrived(3,
                         {.start_line = "HTTP/1.1 103 Early Hints", .fields = {{"Link", hint(3)}}});
  EXPECT_THAT(ledger.violations(), IsEmpty());
  answer(3, 3);
  expect_violation("3: 2 interim responses became 1");
  ledger.interim_arrived(2,
                         {.start_line = "HTTP/1.1 103 Early Hints", .fields = {{"Link", hint(3)}}});
  EXPECT_THAT(ledger.violations().back(), HasSubstr("2: got another's HTTP/1.1 103"));
}

TEST_F(LedgerTest, FindsFieldsThatChangeAndThoseThatShouldHaveStayed) {
  third.response.fields = true;
  begin(third);
  arrive(3);
  answer(3, 3);
  expect_violation("3: the fields of the response are not as they were sent");
  int attempt = 0;
  ledger.request_arrived({.start_line = "GET /exchange/1 HTTP/1.1",
                          .fields = {{"Host", "a"}, {"X-Exchange", "1"}, {"x-hop", "1"}}},
                         attempt);
  EXPECT_THAT(ledger.violations().back(), HasSubstr("1: the request has X-Hop"));
}

TEST_F(LedgerTest, FindsARequestThatNobodySent) {
  int attempt = 0;
  EXPECT_EQ(ledger.request_arrived({.start_line = "GET / HTTP/1.1", .fields = {}}, attempt),
            nullptr);
  expect_violation("an origin got what nobody sent: GET / HTTP/1.1");
}

}  // namespace
}  // namespace minato::scenario
