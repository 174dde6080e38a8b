// Loops with connected streams, of the kernel and simulated, for tests of what holds for both.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "net/fd_stream.h"
#include "net/test_tcp.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"

namespace minato::sim {

using net::Stream;
using Streams = std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>>;

/// A loop with two connected streams.
class Rig {
 public:
  virtual ~Rig() = default;
  virtual runtime::Loop& loop() = 0;
  virtual Streams connected() = 0;
  /// Until nothing runs in `scope`.
  virtual void finish(runtime::Scope& scope) = 0;
};

class KernelRig : public Rig {
 public:
  runtime::Loop& loop() override { return *loop_; }
  Streams connected() override {
    auto [client, server] = net::connected_tcp();
    return {made(std::move(client), Side::upstream), made(std::move(server), Side::downstream)};
  }
  void finish(runtime::Scope& scope) override {
    runtime::Scope stopper(*loop_);
    stopper.start(stop_after(*loop_, scope));
    loop_->run();
  }

 private:
  static Task<void> stop_after(runtime::EpollLoop& loop, runtime::Scope& scope) {
    co_await scope.empty();
    loop.stop();
  }
  virtual std::unique_ptr<Stream> made(Fd socket, Side side) {
    return net::FdStream::make(*loop_, std::move(socket), side).value();
  }

 protected:
  std::unique_ptr<runtime::EpollLoop> loop_ = runtime::EpollLoop::make(1).value();
};

/// Where the loop hears of the streams a while later, or when they have to wait.
class LateKernelRig final : public KernelRig {
  std::unique_ptr<Stream> made(Fd socket, Side side) override {
    return net::FdStream::make_unheard(*loop_, std::move(socket), side);
  }
};

class SimRig final : public Rig {
 public:
  SimRig(std::uint64_t seed, const Faults& faults) : world_(seed) {
    world_.wire().faults() = faults;
  }
  runtime::Loop& loop() override { return loop_; }
  Streams connected() override {
    Streams streams;
    const auto listener = network_.listen({.address = SimNetwork::loopback()}).value();
    runtime::Scope scope(loop_);
    scope.start(connect(network_, listener->address(), streams.first));
    scope.start(accept(*listener, streams.second));
    finish(scope);
    return streams;
  }
  void finish(runtime::Scope& scope) override {
    EXPECT_TRUE(world_.run_until([&] { return scope.running() == 0; }, 24h));
  }

 private:
  static Task<void> connect(net::Network& network, net::Address to, std::unique_ptr<Stream>& made) {
    auto stream = co_await network.connect(to, never);
    made = std::move(stream.value());
  }
  static Task<void> accept(net::Listener& listener, std::unique_ptr<Stream>& made) {
    auto accepted = co_await listener.accept();
    made = std::move(accepted.value().stream);
  }
  SimWorld world_;
  SimLoop& loop_ = world_.add_loop();
  SimNetwork network_{world_.wire(), loop_};
};

struct RigKind {
  const char* name;
  std::function<std::unique_ptr<Rig>()> make;
};
inline const Faults slow{.delay_max = 5ms, .segment_max = 3, .buffer_min = 100, .buffer_max = 200};
inline const RigKind kinds[] = {
    {"Kernel", [] { return std::make_unique<KernelRig>(); }},
    {"KernelLate", [] { return std::make_unique<LateKernelRig>(); }},
    {"Simulated", [] { return std::make_unique<SimRig>(1, Faults{}); }},
    {"SimulatedSlow", [] { return std::make_unique<SimRig>(2, slow); }},
    {"SimulatedSlowOtherwise", [] { return std::make_unique<SimRig>(3, slow); }},
};

}  // namespace minato::sim
