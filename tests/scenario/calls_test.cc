// How many system calls an exchange takes, once its connections are there.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "scenario/house.h"
#include "sim/peer.h"

namespace minato::scenario {
namespace {

const net::Address origin_address = *net::Address::parse("10.0.0.1", 8001);

class CallsTest : public testing::Test {
 protected:
  void open(config::Config config) {
    house_.emplace(world_, std::move(config));
    tasks_.start(connect());
    tasks_.start(accept());
    world_.run_until_idle();
  }
  ~CallsTest() override {
    tasks_.cancel_all();
    if (house_) house_->shut_down();
  }

  /// How many are made meanwhile.
  std::uint64_t calls_of(const std::string& request, const std::string& answer) {
    const auto before = house_->loop(0).calls();
    client_->send(request);
    if (!answer.empty()) {
      EXPECT_FALSE(origin_->received().empty());
      origin_->send(answer);
    }
    EXPECT_TRUE(client_->received().starts_with("HTTP/1.1 200"));
    return house_->loop(0).calls() - before;
  }

  static std::string get(std::string_view path) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path);
  }
  static std::string answer(std::string_view body) {
    return fmt::format(
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: {}\r\n\r\n{}", body.size(),
        body);
  }

 private:
  Task<void> connect() {
    auto stream = co_await client_network_.connect(house_->address(), never);
    client_.emplace(world_, *std::move(stream));
  }
  Task<void> accept() {
    auto accepted = co_await listener_->accept();
    origin_.emplace(world_, std::move(accepted->stream));
  }

  sim::SimWorld world_{1};
  sim::SimNetwork client_network_{world_.wire(), world_.add_loop()};
  sim::SimNetwork origin_network_{world_.wire(), world_.add_loop()};
  std::unique_ptr<net::Listener> listener_ =
      origin_network_.listen({.address = origin_address}).value();
  runtime::Scope tasks_{world_.add_loop()};
  std::optional<House> house_;
  std::optional<sim::Peer> client_, origin_;
};

TEST_F(CallsTest, AProxiedGetIsAReadAndAWriteOnEitherSide) {
  open(plain_config({origin_address}));
  calls_of(get("/"), answer("first"));
  EXPECT_EQ(calls_of(get("/"), answer("second")), 4u);
}

TEST_F(CallsTest, AnUploadThatComesWithItsHeadIsToo) {
  open(plain_config({origin_address}));
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
  calls_of(post, answer("first"));
  EXPECT_EQ(calls_of(post, answer("second")), 4u);
}

TEST_F(CallsTest, AHitIsAReadAndAWrite) {
  config::Config config = plain_config({origin_address});
  config.cache.emplace();
  config.services.front().cache = config.cache->service;
  open(std::move(config));
  for (const std::size_t bytes : {1u, 100'000u}) {
    const std::string target = get("/" + std::to_string(bytes));
    calls_of(target, answer(std::string(bytes, 'x')));
    EXPECT_EQ(calls_of(target, ""), 2u) << bytes;
  }
}

}  // namespace
}  // namespace minato::scenario
