#include "proxy/verdict.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace minato::proxy {
namespace {

using http::Method;
using http::Reason;

Error upstream(Fault fault) { return {fault, Side::upstream, 0, ""}; }

TEST(Verdict, TheReasonFollowsFromWhatFailedAndWhen) {
  struct Row {
    Fault fault;
    Reason connecting;
    Reason waiting;
    Reason relaying;
  };
  constexpr Row rows[] = {
      {Fault::refused, Reason::connect_refused, Reason::upstream_closed,
       Reason::upstream_truncated},
      {Fault::not_found, Reason::connect_refused, Reason::upstream_closed,
       Reason::upstream_truncated},
      {Fault::timed_out, Reason::connect_timeout, Reason::upstream_timeout, Reason::upstream_idle},
      {Fault::resource, Reason::out_of_resources, Reason::upstream_closed,
       Reason::upstream_truncated},
      {Fault::reset, Reason::connect_failed, Reason::upstream_reset, Reason::upstream_reset},
      {Fault::closed, Reason::connect_failed, Reason::upstream_closed, Reason::upstream_truncated},
      {Fault::malformed, Reason::connect_failed, Reason::upstream_malformed,
       Reason::upstream_malformed},
      {Fault::fields_too_large, Reason::connect_failed, Reason::upstream_head_too_large,
       Reason::upstream_head_too_large},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(upstream_reason(upstream(row.fault), Phase::connecting), row.connecting);
    EXPECT_EQ(upstream_reason(upstream(row.fault), Phase::waiting), row.waiting);
    EXPECT_EQ(upstream_reason(upstream(row.fault), Phase::relaying), row.relaying);
  }
}

TEST(Verdict, AnAddressWithoutAWayToItIsToldApart) {  // RFC 9209 2.3.6
  for (const int os_errno : {ENETUNREACH, EHOSTUNREACH, EHOSTDOWN}) {
    const Error error{Fault::refused, Side::upstream, os_errno, ""};
    EXPECT_EQ(upstream_reason(error, Phase::connecting), Reason::connect_unroutable);
  }
}

TEST(Verdict, OwnFaultsAreNotTheOrigins) {
  for (const Phase phase : {Phase::connecting, Phase::waiting, Phase::relaying})
    EXPECT_EQ(upstream_reason({Fault::malformed, Side::local, 0, ""}, phase), Reason::internal);
}

constexpr Method idempotent[] = {Method::get,     Method::head,  Method::put,
                                 Method::delete_, Method::trace, Method::options};
constexpr Method unrepeatable[] = {Method::post, Method::patch, Method::other};

TEST(Verdict, WhatWasNeverSentIsTriedAgainWhateverTheMethod) {
  for (const Fault fault : {Fault::refused, Fault::timed_out, Fault::reset, Fault::not_found}) {
    const Attempt attempt{.phase = Phase::connecting, .error = upstream(fault)};
    for (const Method method : idempotent) EXPECT_TRUE(may_retry(attempt, method));
    for (const Method method : unrepeatable) EXPECT_TRUE(may_retry(attempt, method));
  }
}

TEST(Verdict, ALostExchangeIsRepeatedOnlyWhereTheMethodIsIdempotent) {  // RFC 9110 9.2.2
  for (const Fault fault : {Fault::closed, Fault::reset}) {
    const Attempt attempt{.phase = Phase::waiting, .error = upstream(fault)};
    for (const Method method : idempotent) EXPECT_TRUE(may_retry(attempt, method));
    for (const Method method : unrepeatable) EXPECT_FALSE(may_retry(attempt, method));
  }
}

TEST(Verdict, WhatTheKernelTookNothingOfIsTriedAgainWhateverTheMethod) {
  for (const Fault fault : {Fault::closed, Fault::reset}) {
    const Attempt attempt{.phase = Phase::waiting, .sent_any = false, .error = upstream(fault)};
    for (const Method method : unrepeatable) EXPECT_TRUE(may_retry(attempt, method));
  }
}

TEST(Verdict, NothingIsRepeatedThatAnOriginIsAtWorkOnOrHasAnswered) {
  struct Row {
    const char* what;
    Attempt attempt;
  };
  const Row rows[] = {
      {"the response is late", {.phase = Phase::waiting, .error = upstream(Fault::timed_out)}},
      {"the response is malformed", {.phase = Phase::waiting, .error = upstream(Fault::malformed)}},
      {"its head is too large",
       {.phase = Phase::waiting, .error = upstream(Fault::fields_too_large)}},
      {"a byte of it came",
       {.phase = Phase::waiting, .received_any = true, .error = upstream(Fault::reset)}},
      {"it was begun", {.phase = Phase::relaying, .error = upstream(Fault::reset)}},
      {"the client failed meanwhile",
       {.phase = Phase::waiting,
        .client_failed = http::Failure{.reason = Reason::request_timeout},
        .error = upstream(Fault::reset)}},
      {"the client broke off",
       {.phase = Phase::waiting, .error = {Fault::reset, Side::downstream, 0, ""}}},
  };
  for (const Row& row : rows) EXPECT_FALSE(may_retry(row.attempt, Method::get)) << row.what;
}

TEST(Verdict, NothingIsRepeatedWhoseBodyIsGone) {
  for (const Phase phase : {Phase::connecting, Phase::waiting})
    EXPECT_FALSE(
        may_retry({.phase = phase, .body_repeatable = false, .error = upstream(Fault::refused)},
                  Method::put));
  EXPECT_FALSE(may_retry(
      {.phase = Phase::waiting, .body_repeatable = false, .error = upstream(Fault::reset)},
      Method::put));
}

TEST(Verdict, WhatCannotBeTakenAtTheMomentIsToBeAskedForAgain) {  // RFC 9110 15.6.4
  EXPECT_EQ(retry_after(Reason::no_usable_endpoint), 1s);
  EXPECT_EQ(retry_after(Reason::out_of_resources), 1s);
  EXPECT_EQ(retry_after(Reason::upstream_closed), 0s);
  EXPECT_EQ(retry_after(Reason::client_gone), 0s);
}

TEST(Verdict, AFailureToReadTheRequestIsToldByItsFault) {
  struct Row {
    Fault fault;
    Reason reason;
  };
  for (const Row& row : {
           Row{Fault::malformed, Reason::malformed_request},
           Row{Fault::too_large, Reason::body_too_large},
           Row{Fault::fields_too_large, Reason::head_too_large},
           Row{Fault::timed_out, Reason::request_timeout},
           Row{Fault::resource, Reason::out_of_resources},
           Row{Fault::closed, Reason::client_gone},
           Row{Fault::reset, Reason::client_gone},
       }) {
    const auto failure = downstream_failure({row.fault, Side::downstream, 0, ""});
    EXPECT_EQ(failure.reason, row.reason);
    EXPECT_EQ(failure.error.fault, row.fault);
  }
}

}  // namespace
}  // namespace minato::proxy
