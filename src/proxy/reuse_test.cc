// What a request goes out on, where the kernel knows more of a connection than the loop does: the
// handler is called here between two turns of the loop.
#include <gmock/gmock.h>

#include "http/testing.h"
#include "proxy/test_proxy.h"

namespace minato::proxy {
namespace {

/// A request that is handed to the proxy at once.
class Direct {
 public:
  Direct(const Service& service, const Surroundings& surroundings, std::string_view method)
      : proxy_(service, surroundings), task_(surroundings.loop) {
    http::RequestHead& head = asked_.head;
    head.method = http::method_of(method);
    head.method_text = method;
    head.target.text = head.target.path = "/";
    head.authority = "a";
    task_.start(handle());
  }
  int status() const { return responder_.status; }

 private:
  Task<void> handle() { (void)co_await proxy_.handle(asked_.request, responder_); }

  BlockPool blocks_;
  Arena arena_{blocks_};
  http::testing::TestRequest asked_{arena_};
  http::testing::EagerResponder responder_;
  Proxy proxy_;
  runtime::Scope task_;
};

class ReuseTest : public LoneProxyTest {
 protected:
  /// A connection waits for reuse, and the origin has ended it, of which only the kernel knows.
  void let_one_end_unheard() {
    auto& browser = client(get);
    origin().connection(0).send(ok);
    EXPECT_EQ(status_of(browser.received()), 200);
    origin().connection(0).begin_end();
    world.run_until([&] { return loop.has_work(); }, 1s);
  }
};

TEST_F(ReuseTest, WhatCannotBeRepeatedGoesOutOnNoConnectionThatHasEnded) {
  let_one_end_unheard();
  const Direct post(service, surroundings, "POST");
  world.run_until_idle();
  ASSERT_EQ(origin().connections(), 2u);
  EXPECT_EQ(origin().connection(0).received().find("POST"), std::string::npos);
  origin().connection(1).send(ok);
  EXPECT_EQ(post.status(), 200);
}

TEST_F(ReuseTest, WhatCanBeRepeatedIsTriedOnIt) {
  let_one_end_unheard();
  const Direct again(service, surroundings, "GET");
  world.run_until_idle();
  ASSERT_EQ(origin().connections(), 2u);
  origin().connection(1).send(ok);
  EXPECT_EQ(again.status(), 200);
}

/// A connection that breaks before anything is sent on it.
class Broken final : public net::Stream {
 public:
  explicit Broken(runtime::Loop& loop) : Stream(loop, Side::upstream) {
    became(true, true, true, true);
  }
  void end_writing() override {}
  void reset_on_close() override {}
  bool quiet() override { return false; }

 private:
  net::Io try_read(std::span<char>) override { return {.kind = net::Io::Kind::ended}; }
  net::Io try_fill(Pipe&, std::size_t) override { return {.kind = net::Io::Kind::would_block}; }
  net::Io try_drain(Pipe&) override { return {.kind = net::Io::Kind::would_block}; }
  net::Io try_write(std::span<const iovec>, net::More) override {
    return {.kind = net::Io::Kind::failed, .os_errno = ECONNRESET};
  }
};

/// The first connection that it makes is a broken one.
class FirstBreaks final : public net::Network {
 public:
  FirstBreaks(runtime::Loop& loop, net::Network& network) : loop_(loop), network_(network) {}
  Task<Result<std::unique_ptr<net::Stream>>> connect(const net::Address& to,
                                                     Instant until) override {
    if (++connects_ == 1) co_return std::make_unique<Broken>(loop_);
    co_return co_await network_.connect(to, until);
  }
  Result<std::unique_ptr<net::Listener>> listen(const net::ListenOptions& options) override {
    return network_.listen(options);
  }

 private:
  runtime::Loop& loop_;
  net::Network& network_;
  int connects_ = 0;
};

TEST_F(ReuseTest, APostOfWhichNothingWasTakenIsSentAgain) {
  FirstBreaks breaking(loop, network);
  upstream::Pools own(loop, breaking, told);
  const Surroundings around{.loop = loop, .pools = own, .worker = 0, .pseudonym = pseudonym};
  const Direct post(service, around, "POST");
  world.run_until_idle();
  ASSERT_EQ(origin().connections(), 1u);
  origin().connection(0).send(ok);
  EXPECT_EQ(post.status(), 200);
}

}  // namespace
}  // namespace minato::proxy
