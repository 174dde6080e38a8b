#include "control/dispatch.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "http/testing.h"
#include "runtime/scope.h"
#include "sim/sim_world.h"

namespace minato::control {
namespace {

using http::Reason;

/// A service that none can use.
struct Shut final : http::Handler {
  Task<http::Outcome> handle(http::Request&, http::Responder&) override {
    co_return std::unexpected(http::Failure{.reason = Reason::no_usable_endpoint});
  }
};

constexpr std::uint32_t nowhere = http::Record::no_route;

/// A port with two services: 0 has a.example/ and a.example/api, 1 has some prefixes more.
class DispatchTest : public testing::Test {
 protected:
  DispatchTest() {
    (void)plan.router.add("a.example", "", 0);
    (void)plan.router.add("a.example", "/api", 0);
    for (const char* const prefix : {"/admin", "/@me", "/a|b"})
      (void)plan.router.add("a.example", prefix, 1);
  }

  struct Outcome {
    std::uint32_t route;
    Reason reason;
    friend bool operator==(const Outcome&, const Outcome&) = default;
  };
  /// Where a request goes, and why it failed.
  Outcome outcome(std::string_view path, std::string_view host = "a.example") {
    http::testing::TestRequest asked(arena);
    http::RequestHead& head = asked.head;
    head.method = http::Method::get;
    head.method_text = "GET";
    head.authority = host;
    head.target.text = head.target.path = path;
    if (path.empty()) head.target.form = http::TargetForm::absolute;
    Dispatch dispatch(plan, services, handlers);
    std::optional<http::Outcome> ended;
    runtime::Scope task(loop);
    task.start(answer(dispatch, asked.request, responder, ended));
    world.run_until_idle();
    EXPECT_TRUE(ended && !*ended);
    rules = asked.rules;
    service = asked.record.service;
    return {asked.record.route, ended->error().reason};
  }
  static Task<void> answer(http::Handler& handler, http::Request& request,
                           http::Responder& responder, std::optional<http::Outcome>& into) {
    auto got = co_await handler.handle(request, responder);
    into = got;
  }

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  Shut shut;
  std::array<http::Handler*, 2> handlers{&shut, &shut};
  std::array<ServicePlan, 2> services;
  http::BodyRules rules;  // of the last request, and its service
  std::string_view service;
  PortPlan plan{.address = {}, .router = routing::Router(1)};
  BlockPool blocks;
  Arena arena{blocks};
  http::testing::EagerResponder responder;
};

TEST_F(DispatchTest, FindsTheRouteOfAPathAsItWasWritten) {
  const auto route = [&](std::string_view path, std::string_view authority = "a.example") {
    return find_route(plan.router, authority, path, arena);
  };
  EXPECT_EQ(route("/x"), 0u);
  EXPECT_EQ(route(""), 0u);
  EXPECT_EQ(route("/x/../admin/x", "A.example:8080"), 1u);
  EXPECT_EQ(route("/../admin").error().reason, Reason::path_above_root);
  EXPECT_EQ(route("/x", "b.example").error().reason, Reason::no_route);
}

TEST_F(DispatchTest, MatchesThePathInItsNormalForm) {
  struct Row {
    const char* path;
    std::uint32_t route;
  };
  for (const Row& row : {
           Row{"/", 0}, Row{"/x", 0}, Row{"/api/x", 0}, Row{"/admin", 1}, Row{"/admin/x", 1},
           Row{"/administrator", 0},
           // However it is spelled, it cannot leave its route.
           Row{"/api/../admin", 1}, Row{"/api/%2e%2E/admin", 1}, Row{"/api/.%2e/admin", 1},
           Row{"/./admin", 1}, Row{"/%61dmin", 1}, Row{"//admin", 1}, Row{"/api//..//admin", 1},
           Row{"/admin/../x", 0}, Row{"/@me", 1}, Row{"/%40me", 1}, Row{"/a|b", 1},
           Row{"/a%7Cb", 1},
           // These are no separators.
           Row{"/x%2Fadmin", 0}, Row{"/admin%2Fx", 0}, Row{"/x\\..\\admin", 0},
           Row{"/x%5C..%5Cadmin", 0}, Row{"", 0},  // of an absolute target: the root
       })
    EXPECT_EQ(outcome(row.path).route, row.route) << row.path;
}

TEST_F(DispatchTest, APathThatClimbsAboveTheRootIsRefused) {
  for (const std::string_view path :
       {"/..", "/../admin", "/api/../../admin", "/%2e%2e/admin", "/a/../%2E./admin", "//../.."})
    EXPECT_EQ(outcome(path), (Outcome{nowhere, Reason::path_above_root})) << path;
}

TEST_F(DispatchTest, ABrokenEscapeIsMalformed) {
  for (const std::string_view path : {"/%", "/%2", "/%zz", "/a%g0"})
    EXPECT_EQ(outcome(path), (Outcome{nowhere, Reason::malformed_request})) << path;
}

TEST_F(DispatchTest, RepeatedSlashesStayWhereTheHostSaysSo) {
  using http::MergeSlashes;
  (void)plan.router.add("b.example", "", 0, MergeSlashes::no);
  (void)plan.router.add("b.example", "/admin", 1, MergeSlashes::no);
  EXPECT_EQ(outcome("//admin", "b.example").route, 0u);
  EXPECT_EQ(outcome("/admin", "b.example").route, 1u);
  EXPECT_EQ(outcome("//admin", "a.example").route, 1u);  // no other host's business
}

TEST_F(DispatchTest, WhatNoServiceAnswersForIsNotFound) {
  EXPECT_EQ(outcome("/", "b.example"), (Outcome{nowhere, Reason::no_route}));
  EXPECT_EQ(outcome("/", ""), (Outcome{nowhere, Reason::no_route}));
}

TEST_F(DispatchTest, TheLimitsOfTheServiceHoldWhoeverAnswers) {
  services[1].service.name = "b";
  services[1].service.timeouts = {.stream_idle = 2s, .tunnel_idle = 3s, .min_rate = Bytes{4}};
  services[1].service.limits.request_body = Bytes{5};
  outcome("/admin");
  EXPECT_EQ(rules.idle, 2s);
  EXPECT_EQ(rules.tunnel_idle, 3s);
  EXPECT_EQ(rules.rate_min, 4u);
  EXPECT_EQ(rules.bytes_max, 5u);
  EXPECT_EQ(service, "b");
  outcome("/", "b.example");
  EXPECT_EQ(service, "") << "no service took it";
}

TEST_F(DispatchTest, TheHostIsComparedWithoutCaseOrPort) {
  EXPECT_EQ(outcome("/admin", "A.Example:8080").route, 1u);
}

}  // namespace
}  // namespace minato::control
