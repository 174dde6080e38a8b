#include "admin/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "admin/resources.h"

namespace minato::admin {
namespace {

using http::FieldId;
using http::Last;
using nlohmann::json;
using testing::HasSubstr;

class FakeProgram final : public Program {
 public:
  bool ready() const override { return is_ready; }
  Status status() const override { return now; }
  Task<ReloadOutcome> reload() override {
    ++reloads;
    co_return outcome;
  }

  bool is_ready = true;
  Status now;
  ReloadOutcome outcome{.accepted = true};
  int reloads = 0;
};

/// Gives its pieces, unless these are over the limit that the rules set.
class FakeBody final : public http::RequestBody {
 public:
  explicit FakeBody(const http::BodyRules& rules, http::Fields& trailers)
      : rules_(rules), trailers_(trailers) {}

  http::BodyLength length() const override { return announced; }
  bool awaits_continue() const override { return waits; }
  bool buffered() const override { return false; }
  Soon<Result<std::string_view>> read() override {
    reads += 1;
    if (broken) return Result<std::string_view>(std::unexpected(*broken));
    if (pieces.empty()) return Result<std::string_view>("");
    piece_ = pieces.front();
    pieces.pop_front();
    bytes_ += piece_.size();
    if (bytes_ > rules_.bytes_max) return fail_too_large();
    return Result<std::string_view>(piece_);
  }
  bool ended() const override { return pieces.empty() && !broken; }
  const http::Fields& trailers() const override { return trailers_; }

  http::BodyLength announced;
  std::deque<std::string> pieces;
  std::optional<Error> broken;
  bool waits = false;
  int reads = 0;

 private:
  static Result<std::string_view> fail_too_large() {
    return fail(Fault::too_large, Side::downstream, "too large");
  }
  const http::BodyRules& rules_;
  http::Fields& trailers_;
  std::string piece_;
  std::size_t bytes_ = 0;
};

/// Keeps what was answered.
class FakeResponder final : public http::Responder {
 public:
  explicit FakeResponder(FakeBody& request_body) : request_body_(request_body) {}

  Task<Result<void>> interim(const http::ResponseHead& head) override {
    EXPECT_EQ(request_body_.reads, 0) << "who waits for 100 sends nothing before it";
    interims.push_back(head.status);
    co_return Result<void>{};
  }
  Result<void> start(const http::ResponseHead& head, http::BodyLength length) override {
    status = head.status;
    length_ = length.bytes;
    head.fields.for_each(
        [&](const http::Field& line) { fields[std::string(line.name)] = std::string(line.value); });
    return {};
  }
  bool started() const override { return status != 0; }
  Soon<Result<void>> write(std::string_view piece, Last) override {
    body += piece;
    EXPECT_EQ(body.size(), length_);
    return Result<void>{};
  }
  Soon<Result<void>> flush() override { return Result<void>{}; }
  Soon<Result<void>> finish(const http::Fields*) override { return Result<void>{}; }
  Task<Result<http::Tunnel*>> upgrade(const http::ResponseHead&) override {
    co_return fail(Fault::refused, Side::local, "no tunnels here");
  }

  std::vector<int> interims;
  int status = 0;
  std::map<std::string, std::string> fields;
  std::string body;

 private:
  FakeBody& request_body_;
  std::size_t length_ = 0;
};

class ApiTest : public testing::Test {
 protected:
  /// Asks for `path` with the head and body as the test has set them.
  http::Outcome ask(std::string_view method, std::string_view path) {
    head.method = http::method_of(method);
    head.method_text = method;
    head.target.text = head.target.path = path;
    http::Request request{.head = head,
                          .body = body,
                          .client = {},
                          .id = id,
                          .upgrade = {},
                          .rules = rules,
                          .record = record,
                          .arena = arena};
    Api api(program, gate);
    auto task = api.handle(request, answer);
    task.handle().resume();
    EXPECT_TRUE(task.done());
    return task.handle().promise().take();
  }
  json body_json() const { return json::parse(answer.body); }

  BlockPool pool;
  Arena arena{pool};
  http::RequestHead head{arena};
  http::Fields trailers{arena};
  http::RequestId id{"1"};
  http::BodyRules rules;
  http::Record record;
  FakeBody body{rules, trailers};
  FakeResponder answer{body};
  FakeProgram program;
  GateOptions gate;
};

TEST_F(ApiTest, LivesWhileItAnswers) {
  program.is_ready = false;
  ASSERT_TRUE(ask("GET", "/livez"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(body_json(), json({{"live", true}}));
}

TEST_F(ApiTest, IsReadyWhileItServes) {
  ASSERT_TRUE(ask("GET", "/readyz"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(body_json(), json({{"ready", true}}));
}

TEST_F(ApiTest, IsNotReadyWhileItDrains) {
  program.is_ready = false;
  ASSERT_TRUE(ask("GET", "/readyz"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.fields["Content-Type"], "application/problem+json");
}

TEST_F(ApiTest, HeadIsAnsweredAsGetIs) {  // RFC 9110 9.3.2
  ASSERT_TRUE(ask("HEAD", "/status"));
  EXPECT_EQ(answer.status, 200);
}

TEST_F(ApiTest, AnswersAreNotForCaches) {
  ASSERT_TRUE(ask("GET", "/status"));
  EXPECT_EQ(answer.fields["Content-Type"], "application/json");
  EXPECT_EQ(answer.fields["Cache-Control"], "no-store");
}

TEST_F(ApiTest, StatusTellsOfListenersServicesAndEndpoints) {
  const WallTime moment = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 15h + 250ms;
  program.now = {.version = "1.2.3",
                 .pid = 42,
                 .started = moment,
                 .uptime = 1500ms,
                 .config_path = "a.yaml",
                 .ready = true,
                 .workers = 2};
  program.now.listeners = {{.address = "[::]:80", .port = 80, .services = {"app"}}};
  program.now.services = {{.name = "app", .port = 80, .balancer = "round_robin"}};
  program.now.services[0].endpoints = {
      {.address = "10.0.0.1:80",
       .upstream = "http://b/base",
       .state = EndpointState::down,
       .reason = "check answered 503",
       .since = moment,
       .in_flight = 1,
       .exchanges = 2,
       .failed_connects = 3,
       .connections = 4},
      {.upstream = "http://nowhere", .state = EndpointState::unresolved}};
  ASSERT_TRUE(ask("GET", "/status"));

  const json got = body_json();
  EXPECT_EQ(got["version"], "1.2.3");
  EXPECT_EQ(got["started"], "2026-11-22T15:00:00.250Z");
  EXPECT_EQ(got["uptime"], 1.5);
  EXPECT_EQ(got["listeners"],
            json::parse(R"([{"address": "[::]:80", "port": 80, "services": ["app"]}])"));
  const json& endpoints = got["services"][0]["endpoints"];
  EXPECT_EQ(endpoints[0], json::parse(R"({"address": "10.0.0.1:80", "upstream": "http://b/base",
      "health": "down", "reason": "check answered 503", "since": "2026-11-22T15:00:00.250Z",
      "in_flight": 1, "exchanges": 2, "failed_connects": 3, "connections": 4})"));
  EXPECT_EQ(endpoints[1]["health"], "unresolved");
  EXPECT_EQ(endpoints[1]["since"], nullptr);
  EXPECT_EQ(got["reloads"]["last"], nullptr) << "there was none yet";
}

TEST_F(ApiTest, StatusHasEveryCounter) {
  program.now.counters[static_cast<std::size_t>(observe::Counter::requests)] = 7;
  ASSERT_TRUE(ask("GET", "/status"));
  EXPECT_EQ(body_json()["counters"].size(), observe::counter_count);
  EXPECT_EQ(body_json()["counters"]["requests"], 7);
}

TEST_F(ApiTest, WhatIsNotUtf8DoesNotSpoilTheStatus) {
  program.now.config_path = "\xff.yaml";
  ASSERT_TRUE(ask("GET", "/status"));
  EXPECT_EQ(body_json()["config"], "\xef\xbf\xbd.yaml");
}

TEST_F(ApiTest, AnAcceptedReloadTellsWhatChanged) {
  program.outcome = {.accepted = true, .changes = {"added service api"}, .duration = 20ms};
  ASSERT_TRUE(ask("POST", "/reload"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(program.reloads, 1);
  EXPECT_EQ(body_json(), json::parse(R"({"accepted": true, "changes": ["added service api"],
                                         "problems": [], "duration": 0.02})"));
}

TEST_F(ApiTest, ARefusedReloadTellsEveryProblemAndItsPlace) {
  program.outcome = {.accepted = false};
  program.outcome.problems = {{.file = "a.yaml",
                               .line = 3,
                               .column = 5,
                               .path = "services[0].hots",
                               .message = "unknown key",
                               .suggestion = "hosts",
                               .source = "    hots: []"},
                              {.message = "second"}};
  ASSERT_TRUE(ask("POST", "/reload"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.fields["Content-Type"], "application/problem+json");
  const json got = body_json();
  EXPECT_EQ(got["status"], 422);
  EXPECT_EQ(got["title"], "Unprocessable Content");
  ASSERT_EQ(got["problems"].size(), 2u);
  const json& first = got["problems"][0];
  EXPECT_EQ(first["severity"], "error");
  EXPECT_EQ(first["file"], "a.yaml");
  EXPECT_EQ(first["line"], 3);
  EXPECT_EQ(first["column"], 5);
  EXPECT_EQ(first["path"], "services[0].hots");
  EXPECT_EQ(first["text"], schema::render(program.outcome.problems[0]));
}

TEST_F(ApiTest, AnUnknownPathIsAProblem) {  // RFC 9457
  ASSERT_TRUE(ask("GET", "/nothing"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.fields["Content-Type"], "application/problem+json");
  EXPECT_EQ(body_json()["status"], 404);
  EXPECT_EQ(body_json()["title"], "Not Found");
  EXPECT_EQ(record.reason, http::Reason::not_found);
}

TEST_F(ApiTest, AWrongMethodIsToldTheRightOnes) {  // RFC 9110 15.5.6
  ASSERT_TRUE(ask("POST", "/status"));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.fields["Allow"], "GET, HEAD");
}

TEST_F(ApiTest, AReloadIsPosted) {
  ASSERT_TRUE(ask("GET", "/reload"));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.fields["Allow"], "POST");
  EXPECT_EQ(program.reloads, 0);
}

TEST_F(ApiTest, WhoWaitsFor100GetsItBeforeTheBodyIsRead) {  // RFC 9110 10.1.1
  body.announced = http::BodyLength::known(2);
  body.pieces = {"{}"};
  body.waits = true;
  ASSERT_TRUE(ask("POST", "/reload"));
  EXPECT_EQ(answer.interims, std::vector{100});
  EXPECT_EQ(answer.status, 200);
}

TEST_F(ApiTest, ABodyThatAnnouncesTooMuchIsRefusedUnread) {
  body.announced = http::BodyLength::known(Api::body_bytes_max + 1);
  body.waits = true;
  ASSERT_TRUE(ask("POST", "/reload"));
  EXPECT_EQ(answer.status, 413);
  EXPECT_THAT(answer.interims, testing::IsEmpty());
  EXPECT_EQ(body.reads, 0);
  EXPECT_EQ(program.reloads, 0);
}

TEST_F(ApiTest, ABodyThatTurnsOutTooLargeIsRefused) {
  body.announced.kind = http::BodyLength::Kind::chunked;
  body.pieces = {std::string(Api::body_bytes_max, 'a'), "b"};
  ASSERT_TRUE(ask("POST", "/reload"));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.fields["Content-Type"], "application/problem+json");
  EXPECT_EQ(program.reloads, 0);
}

TEST_F(ApiTest, ABodyThatBreaksOffDoesNothing) {
  const std::pair<Fault, http::Reason> rows[] = {
      {Fault::reset, http::Reason::client_gone},
      {Fault::timed_out, http::Reason::request_timeout},
      {Fault::malformed, http::Reason::malformed_request},
      {Fault::fields_too_large, http::Reason::head_too_large},
  };
  for (const auto& [fault, reason] : rows) {
    body.broken = Error{fault, Side::downstream};
    const auto outcome = ask("POST", "/reload");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, reason);
  }
  EXPECT_EQ(program.reloads, 0);
}

TEST_F(ApiTest, WithoutTheTokenNothingIsToldButThatItLives) {
  gate = {.reach = GateOptions::Reach::tcp, .token = "secret"};
  for (const Resource& resource : resources()) {
    answer.status = 0;
    ASSERT_TRUE(ask(resource.method == http::Method::post ? "POST" : "GET", resource.path));
    EXPECT_EQ(answer.status, resource.guard == Guard::open ? 200 : 401) << resource.path;
    answer.body.clear();
  }
  ASSERT_TRUE(ask("GET", "/nothing"));
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer.fields["WWW-Authenticate"], HasSubstr("Bearer"));  // RFC 9110 11.6.1
  EXPECT_EQ(program.reloads, 0);
}

TEST_F(ApiTest, OverTcpAForeignNameIsMisdirected) {  // RFC 9110 15.5.20
  gate.reach = GateOptions::Reach::tcp;
  head.authority = "evil.example";
  ASSERT_TRUE(ask("GET", "/status"));
  EXPECT_EQ(answer.status, 421);
}

TEST_F(ApiTest, OverTcpAForeignPageMayNotPost) {
  gate.reach = GateOptions::Reach::tcp;
  head.authority = "localhost:9180";
  head.fields.add(FieldId::origin, "http://evil.example");
  ASSERT_TRUE(ask("POST", "/reload"));
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(program.reloads, 0);
}

TEST(Resources, NoTwoRowsAnswerTheSame) {
  for (const Resource& row : resources())
    EXPECT_EQ(find_resource(row.method, row.path), &row) << row.path;
}

}  // namespace
}  // namespace minato::admin
