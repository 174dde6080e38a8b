#include "http/answer.h"

#include <gtest/gtest.h>

namespace minato::http {
namespace {

struct AnswerTest : ::testing::Test {
  BlockPool pool;
  Arena arena{pool};
  ResponseHead head{arena};
};

TEST_F(AnswerTest, IsAShortTextByDefault) {
  const auto body = compose_answer({.reason = Reason::no_route}, head);
  EXPECT_EQ(body, "404 Not Found\nNothing is configured for this host and path.\n");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason, "Not Found");
  EXPECT_EQ(head.fields.value(FieldId::content_type), "text/plain; charset=utf-8");
  EXPECT_EQ(head.fields.value(FieldId::proxy_status), "minato; error=destination_not_found");
}

TEST_F(AnswerTest, IsAProblemWhereJsonIsPreferred) {  // RFC 9457 3
  const auto body = compose_answer({.reason = Reason::upstream_timeout,
                                    .detail = "no response head within 60 s",
                                    .format = AnswerFormat::json,
                                    .request_id = "0af7651916cd43dd",
                                    .request_id_field = "X-Request-Id"},
                                   head);
  EXPECT_EQ(body, R"({"type":"about:blank","title":"Gateway Timeout","status":504,)"
                  R"("detail":"The server behind this one did not answer in time.",)"
                  R"("reason":"upstream_timeout","request_id":"0af7651916cd43dd"})"
                  "\n");
  EXPECT_EQ(head.fields.value(FieldId::content_type), "application/problem+json");
  EXPECT_EQ(head.fields.value(FieldId::proxy_status),
            R"(minato; error=http_response_timeout; details="no response head within 60 s")");
  EXPECT_EQ(head.fields.value(FieldId::x_request_id), "0af7651916cd43dd");
}

TEST_F(AnswerTest, SaysWhenToComeBack) {  // RFC 9110 10.2.3
  compose_answer({.reason = Reason::no_usable_endpoint, .retry_after = Seconds(7)}, head);
  EXPECT_EQ(head.fields.value(FieldId::retry_after), "7");
}

TEST_F(AnswerTest, IsNotKeptByCaches) {  // RFC 9110 15.1
  compose_answer({.reason = Reason::no_route}, head);
  EXPECT_EQ(head.fields.value(FieldId::cache_control), "no-store");
}

TEST_F(AnswerTest, LeavesOutAnIdThatCouldBreakOutOfItsPlace) {
  const auto body = compose_answer({.reason = Reason::internal,
                                    .format = AnswerFormat::json,
                                    .request_id = "a\",\"x\":\"",
                                    .request_id_field = "X-Request-Id"},
                                   head);
  EXPECT_FALSE(body.contains("request_id"));
  EXPECT_FALSE(head.fields.has(FieldId::x_request_id));
}

TEST_F(AnswerTest, CarriesTheIdUnderNoNameWhereNoneIsConfigured) {
  const auto body = compose_answer({.reason = Reason::internal, .request_id = "abc"}, head);
  EXPECT_EQ(body, "500 Internal Server Error\nThis server failed.\nRequest id: abc\n");
  EXPECT_EQ(head.fields.count(), 3u);
}

struct StatusOf {
  Reason reason;
  std::uint16_t status;
};

// RFC 9110 15.5 and 15.6, RFC 6585 5.
constexpr StatusOf statuses[] = {
    {Reason::none, 0},
    {Reason::client_gone, 0},
    {Reason::malformed_request, 400},
    {Reason::path_above_root, 400},
    {Reason::no_route, 404},
    {Reason::request_timeout, 408},
    {Reason::body_too_large, 413},
    {Reason::uri_too_long, 414},
    {Reason::head_too_large, 431},
    {Reason::transfer_coding_not_implemented, 501},
    {Reason::method_not_implemented, 501},
    {Reason::upstream_malformed, 502},
    {Reason::upstream_head_too_large, 502},
    {Reason::upstream_closed, 502},
    {Reason::connect_refused, 502},
    {Reason::proxy_loop, 502},
    {Reason::no_usable_endpoint, 503},
    {Reason::upstream_saturated, 503},
    {Reason::connect_timeout, 504},
    {Reason::upstream_timeout, 504},
    {Reason::upstream_idle, 504},
    {Reason::stale_forbidden, 504},
    {Reason::version_not_supported, 505},
};

TEST(Reason, HasTheStatusThatTheStandardGivesIt) {
  for (const StatusOf& s : statuses)
    EXPECT_EQ(row(s.reason).status, s.status) << row(s.reason).name;
}

}  // namespace
}  // namespace minato::http
