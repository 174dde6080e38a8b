// Runs the checks of a registry: each by itself, first within a second, then every interval.
//
// Thread: the control thread's loop.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "net/network.h"
#include "runtime/scope.h"
#include "upstream/registry.h"

namespace minato::upstream {

/// When the first probe of a check goes out: within a second, so that those of a thousand endpoints
/// that appear together do not fire together.
constexpr Nanos first_delay(Random& random) {
  return Nanos(
      static_cast<Nanos::rep>(random.below(static_cast<std::uint64_t>(Nanos(900ms).count()))));
}
/// `interval`, a tenth more or less.
constexpr Nanos jittered(Nanos interval, Random& random) {
  const auto fifth = static_cast<std::uint64_t>(interval.count() / 5);
  return interval - interval / 10 + Nanos(static_cast<Nanos::rep>(random.below(fifth + 1)));
}

/// Outlive: loop, network and registry.
class HealthMonitor {
 public:
  /// Told of every change of state, once.
  using Listener = std::move_only_function<void(const Transition&)>;

  HealthMonitor(runtime::Loop& loop, net::Network& network, Registry& registry, Listener changed)
      : loop_(loop),
        network_(network),
        registry_(registry),
        changed_(std::move(changed)),
        sync_(loop.timers(), *this) {}

  /// Begins the checks that are new in the registry and cancels those that are gone, soon: many
  /// changes are taken up together. To be called after `apply` and `set_addresses`.
  void sync() {
    if (!sync_.armed()) sync_.arm(loop_.now() + sync_delay);
  }
  std::size_t running() const { return running_.size(); }

 private:
  static constexpr Nanos sync_delay = 50ms;
  void sync_now();
  Task<void> repeat(std::shared_ptr<Check> check);

  runtime::Loop& loop_;
  net::Network& network_;
  Registry& registry_;
  Listener changed_;
  std::map<const Check*, std::unique_ptr<runtime::Scope>> running_;
  runtime::TimerOf<HealthMonitor, &HealthMonitor::sync_now> sync_;
};

}  // namespace minato::upstream
