// A pool, and the origin that it connects to, for tests.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "runtime/scope.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"
#include "upstream/pool.h"

namespace minato::upstream {

struct News final : ConnectNews {
  void connect_failed(const Endpoint&, const Error& error) override {
    faults.push_back(error.fault);
  }
  void connect_recovered(const Endpoint&) override { ++recovered; }
  std::vector<Fault> faults;
  int recovered = 0;
};

/// The origin is the test.
class PoolTest : public testing::Test {
 protected:
  PoolTest() { listen(); }

  void listen() {
    listener = origin_network.listen({.address = address}).value();
    accepting.start(accept_all(*this));
  }
  void stop_listening() {
    accepting.cancel_all();
    listener.reset();
  }
  static Task<void> accept_all(PoolTest& test) {
    for (;;) {
      auto accepted = co_await test.listener->accept();
      if (!accepted) co_return;
      test.origins.push_back(std::move(accepted->stream));
    }
  }

  static Task<void> check_out_into(PoolTest& test, Care care, std::optional<Result<Lease>>& into) {
    auto lease = co_await test.pool->check_out(test.options, care, test.loop.now() + 5s);
    into.emplace(std::move(lease));
  }
  Result<Lease> try_check_out(Care care = Care::repeatable) {
    std::optional<Result<Lease>> lease;
    runtime::Scope task(loop);
    task.start(check_out_into(*this, care, lease));
    world.run_until([&] { return lease.has_value(); }, 1h);
    return std::move(*lease);
  }
  Lease check_out(Care care = Care::repeatable) { return std::move(try_check_out(care).value()); }

  /// An exchange on `lease`, answered with `response` by its origin.
  void exchange(Lease& lease, std::size_t origin, std::string_view response = ok,
                http::Method method = http::Method::get) {
    connection::Http1Client& client = lease.client();
    head = http::ResponseHead(arena);
    client.begin({.response = head, .rules = rules});
    http::RequestHead request(arena);
    request.method = method;
    request.method_text = method == http::Method::head ? "HEAD" : "GET";
    request.target.text = "/";
    EXPECT_TRUE(client.start(request, http::BodyLength::none()));
    runtime::Scope task(loop);
    task.start(converse(client));
    world.run_until_idle();
    send(origin, response);
    EXPECT_EQ(task.running(), 0u);
  }
  static Task<void> converse(connection::Http1Client& client) {
    EXPECT_TRUE(co_await client.finish(nullptr));
    EXPECT_TRUE(co_await client.read_head(never));
    while (!client.body_ended()) EXPECT_TRUE(co_await client.read_body());
  }
  /// One exchange from check-out to return; its connection then waits.
  void idle_connection(std::string_view response = ok) {
    auto lease = check_out();
    exchange(lease, origins.size() - 1, response);
  }
  void send(std::size_t origin, std::string_view bytes) {
    put(origin, bytes);
    world.run_until_idle();
  }
  void put(std::size_t origin, std::string_view bytes) {
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    std::span<iovec> pieces(&piece, 1);
    EXPECT_TRUE(origins[origin]->write_now(pieces));
  }
  /// What the newest origin has just done is with the kernel, though the loop has had no turn to
  /// hear of it.
  void let_arrive_unheard(net::Stream& idle) {
    world.run_until([&] { return !idle.quiet(); }, 1s);
    ASSERT_EQ(pool->idle_count(), 1u);
  }
  bool reuses_at_once(Care care = Care::repeatable) {
    return pool->check_out(options, care, loop.now() + 5s).ready();
  }

  static constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  sim::SimNetwork network{world.wire(), loop};
  sim::SimNetwork origin_network{world.wire(), loop};
  const net::Address address = *net::Address::parse("10.0.0.1", 80);
  std::unique_ptr<net::Listener> listener;
  std::vector<std::unique_ptr<net::Stream>> origins;  // as they were accepted
  runtime::Scope accepting{loop};
  BlockPool blocks;
  Arena arena{blocks};
  http::ResponseHead head{arena};
  http::BodyRules rules;
  News news;
  PoolOptions options;
  std::shared_ptr<Endpoint> endpoint =
      std::make_shared<Endpoint>(EndpointId{1}, "http://b", address);
  LocalRef<Pool> pool = make_local<Pool>(loop, network, news, endpoint);
};

}  // namespace minato::upstream
