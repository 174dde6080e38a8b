// The two ends of an exchange for tests of handlers that have no connection.
#pragma once

#include "http/handler.h"

namespace minato::http::testing {

/// A request without a body.
class NoBody final : public RequestBody {
 public:
  explicit NoBody(Arena& arena) : trailers_(arena) {}
  BodyLength length() const override { return BodyLength::none(); }
  bool awaits_continue() const override { return false; }
  bool buffered() const override { return true; }
  Soon<Result<std::string_view>> read() override { return Result<std::string_view>(""); }
  bool ended() const override { return true; }
  const Fields& trailers() const override { return trailers_; }

 private:
  Fields trailers_;
};

/// A request and what it refers to: without a body, unless one is given.
struct TestRequest {
  explicit TestRequest(Arena& arena, RequestBody* body = nullptr)
      : head(arena),
        none(arena),
        request{.head = head,
                .body = body != nullptr ? *body : none,
                .client = {},
                .id = id,
                .upgrade = {},
                .rules = rules,
                .record = record,
                .arena = arena} {}
  TestRequest(const TestRequest&) = delete;
  TestRequest& operator=(const TestRequest&) = delete;

  RequestHead head;
  NoBody none;
  RequestId id{"1"};
  BodyRules rules;
  Record record;
  Request request;
};

/// Takes any response at once, and keeps nothing of it but its status.
struct EagerResponder : Responder {
  Task<Result<void>> interim(const ResponseHead&) override { co_return Result<void>{}; }
  Result<void> start(const ResponseHead& head, BodyLength) override {
    status = head.status;
    return {};
  }
  bool started() const override { return status != 0; }
  Soon<Result<void>> write(std::string_view, Last) override { return Result<void>{}; }
  Soon<Result<void>> flush() override { return Result<void>{}; }
  Soon<Result<void>> finish(const Fields*) override { return Result<void>{}; }
  Task<Result<Tunnel*>> upgrade(const ResponseHead&) override {
    co_return fail(Fault::cancelled, Side::local, "no tunnel");
  }
  int status = 0;  ///< 0: not begun
};

}  // namespace minato::http::testing
