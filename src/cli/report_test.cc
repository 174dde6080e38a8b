#include "cli/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace minato::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view status = R"({
  "version": "1.2.3", "pid": 42, "started": "2026-11-22T15:00:00.250Z", "uptime": 11525.5,
  "config": "a.yaml", "ready": true, "workers": 2,
  "reloads": {"accepted": 1, "refused": 2, "last": "2026-11-22T16:00:00.000Z",
              "last_accepted": false},
  "listeners": [{"address": "[::]:80", "port": 80, "services": ["app", "api"]}],
  "services": [
    {"name": "app", "port": 80, "balancer": "round_robin", "endpoints": [
      {"address": "10.0.0.1:80", "upstream": "http://10.0.0.1:80", "health": "up", "reason": "check passed",
       "since": "2026-11-22T15:00:01.100Z", "in_flight": 1, "exchanges": 234,
       "failed_connects": 0, "connections": 4},
      {"address": "10.0.0.2:80", "upstream": "http://b", "health": "down",
       "reason": "check answered 503", "since": "2026-11-22T15:10:00.000Z", "in_flight": 0,
       "exchanges": 7, "failed_connects": 12, "connections": 0}]},
    {"name": "api", "port": 80, "balancer": "least_connections", "endpoints": [
      {"address": "", "upstream": "http://nowhere", "health": "unresolved",
       "reason": "no address yet", "since": null, "in_flight": 0, "exchanges": 0,
       "failed_connects": 0, "connections": 0}]}],
  "counters": {"connections_open": 3, "requests": 240, "requests_in_flight": 1,
               "responses_2xx": 230, "responses_3xx": 4, "responses_4xx": 5, "responses_5xx": 1}
})";

TEST(StatusReport, IsOnePageForAPerson) {
  EXPECT_EQ(status_report(200, status).out,
            R"(minato 1.2.3, pid 42: ready, 2 workers, up 3h 12m
a.yaml: 1 reload accepted, 2 refused, the last refused at 2026-11-22 16:00:00Z
3 connections open; 240 requests, 1 in flight; responses: 230 2xx, 4 3xx, 5 4xx, 1 5xx

SERVICE  LISTENER  BALANCER           ENDPOINTS
app      [::]:80   round_robin        1 of 2 up
api      [::]:80   least_connections  0 of 1 up

SERVICE  ENDPOINT                HEALTH      IN FLIGHT  EXCHANGES  CONNECTIONS  FAILED CONNECTS  SINCE                 REASON
app      10.0.0.1:80             up                  1        234            4                0  2026-11-22 15:00:01Z  check passed
app      10.0.0.2:80 (http://b)  down                0          7            0               12  2026-11-22 15:10:00Z  check answered 503
api      http://nowhere          unresolved          0          0            0                0  -                     no address yet
)");
}

TEST(StatusReport, OfAnotherVersionLeavesOutWhatItDoesNotKnow) {
  const Report report = status_report(200, R"({"version": 7, "services": [{"name": "app"}]})");
  EXPECT_THAT(report.out, HasSubstr("app"));
}

TEST(StatusReport, WhatIsNotAStatusIsTold) {
  EXPECT_EQ(status_report(401, R"({"detail": "A bearer token is needed here."})").err,
            "minato: the answer is 401: A bearer token is needed here.\n");
  EXPECT_EQ(status_report(200, "<html>").err, "minato: the answer is 200\n");
}

TEST(ReloadReport, ListsWhatChanged) {
  const Report report =
      reload_report(200, R"({"accepted": true, "changes": ["service api added"], "problems": [],
               "duration": 0.0124})");
  EXPECT_EQ(report.out, "reloaded in 12 ms\n  service api added\n");
  EXPECT_THAT(report.err, IsEmpty());
}

TEST(ReloadReport, SaysWhereNothingChanged) {
  EXPECT_EQ(reload_report(200, R"({"changes": [], "duration": 0.001})").out,
            "reloaded in 1 ms\n  nothing changed\n");
}

TEST(ReloadReport, TellsWarningsOfAnAcceptedConfiguration) {
  const Report report =
      reload_report(200, R"({"problems": [{"text": "a.yaml:1:1: max_size: old name"}]})");
  EXPECT_THAT(report.out, StartsWith("reloaded"));
  EXPECT_THAT(report.err, HasSubstr("max_size"));
}

TEST(ReloadReport, TellsEveryProblemOfARefusedOne) {
  const Report report = reload_report(422, R"({"detail": "Refused.", "problems": [
      {"text": "a.yaml:1:1: hots: unknown key"}, {"text": "a.yaml:2:1: prot: unknown key"}]})");
  EXPECT_THAT(report.out, IsEmpty());
  EXPECT_THAT(report.err,
              AllOf(HasSubstr("hots"), HasSubstr("prot"), HasSubstr("minato: Refused.")));
}

}  // namespace
}  // namespace minato::cli
