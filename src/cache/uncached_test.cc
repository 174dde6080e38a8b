#include "cache/uncached.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::cache {
namespace {

using http::FieldId;
using http::Method;
using testing::ElementsAre;
using testing::IsEmpty;

/// Keeps the URLs that are purged.
struct Purges final : Elsewhere {
  std::uint64_t purge(const Url& url, const Cache* cache, const ServiceRules* rules,
                      Arena& arena) override {
    EXPECT_EQ(cache, nullptr);
    EXPECT_EQ(rules, nullptr);
    urls.emplace_back(arena.join(url.scheme, "://", url.host, ":", url.port, url.rest));
    return 0;
  }
  std::vector<std::string> urls;
};

struct Origin final : http::Handler {
  Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override {
    http::ResponseHead head(request.arena);
    head.status = status;
    head.fields.add(FieldId::content_location, "/other?x");
    EXPECT_TRUE(responder.start(head, http::BodyLength::none()));
    co_return http::Outcome{};
  }
  std::uint16_t status = 200;
};

class UncachedTest : public testing::Test {
 protected:
  std::vector<std::string> purged_by(Method method, std::uint16_t status = 200) {
    Arena arena(loop_->blocks());
    http::testing::TestRequest asked(arena);
    asked.head.method = method;
    asked.head.authority = "Shop:80";
    asked.head.target.path = "/x";
    origin_.status = status;
    http::testing::EagerResponder client;
    Purges purges;
    UncachedHandler handler(origin_, purges);
    runtime::Scope task(*loop_);
    task.start(ask(handler, asked.request, client));
    EXPECT_EQ(client.status, status);
    return purges.urls;
  }

 private:
  static Task<void> ask(UncachedHandler& handler, http::Request& request, http::Responder& client) {
    EXPECT_TRUE(co_await handler.handle(request, client));
  }

  std::unique_ptr<runtime::EpollLoop> loop_ = runtime::EpollLoop::make(1).value();
  Origin origin_;
};

TEST_F(UncachedTest, WhatAnUnsafeMethodMakesOutOfDateGoesElsewhere) {
  for (const Method method : {Method::post, Method::put, Method::delete_, Method::other})
    EXPECT_THAT(purged_by(method), ElementsAre("http://shop:80/x", "http://shop:80/other?x"));
}

TEST_F(UncachedTest, NothingGoesAfterASafeOneOrAFailure) {
  EXPECT_THAT(purged_by(Method::get), IsEmpty());
  EXPECT_THAT(purged_by(Method::head), IsEmpty());
  EXPECT_THAT(purged_by(Method::post, 404), IsEmpty());
}

}  // namespace
}  // namespace minato::cache
