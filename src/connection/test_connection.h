// What the tests of this room share: one simulated connection whose far end the test holds, and
// operations that wait for it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/soon.h"
#include "runtime/scope.h"
#include "sim/peer.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"

namespace minato::connection {

/// An operation under way, and what it came to.
template <class T>
class Pending {
 public:
  Pending(runtime::Loop& loop, Soon<T> what) : scope_(loop) {
    scope_.start(run(std::move(what), value_));
  }
  bool done() const { return value_.has_value(); }
  T& value() { return value_.value(); }

 private:
  static Task<void> run(Soon<T> what, std::optional<T>& into) {
    auto value = co_await std::move(what);
    into.emplace(std::move(value));
  }

  std::optional<T> value_;
  runtime::Scope scope_;
};

class TestConnection {
 public:
  /// `buffer` bytes can be under way in a direction before its writer must wait.
  explicit TestConnection(std::size_t buffer = 256u << 10) {
    world.wire().faults().buffer_min = world.wire().faults().buffer_max = buffer;
    const auto address = *net::Address::parse("10.0.0.1", 80);
    const auto listener = far_network_.listen({.address = address}).value();
    near = await(near_network_.connect(address, never)).value();
    far_.emplace(world, await(listener->accept()).value().stream);
  }

  void send(std::string_view bytes) { far_->send(bytes); }
  void end() { far_->end(); }
  void reset() { far_->reset(); }
  /// What has reached the far end since the last call.
  std::string received() { return far_->received(); }

  template <class T>
  T await(Soon<T> what) {
    Pending<T> pending(loop, std::move(what));
    world.run_until([&] { return pending.done(); }, 48h);
    return std::move(pending.value());
  }
  template <class T>
  T await(Task<T> task) {
    return await(Soon<T>(std::move(task)));
  }

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();

 private:
  sim::SimNetwork near_network_{world.wire(), loop};
  sim::SimNetwork far_network_{world.wire(), loop};

 public:
  std::unique_ptr<net::Stream> near;  ///< side upstream

 private:
  std::optional<sim::Peer> far_;
};

}  // namespace minato::connection
