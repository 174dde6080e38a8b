#include "upstream/health_monitor.h"

#include "upstream/probe.h"

namespace minato::upstream {

void HealthMonitor::sync_now() {
  auto before = std::move(running_);
  running_.clear();
  for (auto& check : registry_.checks()) {
    auto& scope = running_[check.get()];
    if (const auto known = before.find(check.get()); known != before.end()) {
      scope = std::move(known->second);
      continue;
    }
    scope = std::make_unique<runtime::Scope>(loop_);
    scope->start(repeat(std::move(check)));
  }
}

Task<void> HealthMonitor::repeat(std::shared_ptr<Check> check) {
  Instant next = loop_.now() + first_delay(loop_.random());
  for (;;) {
    co_await runtime::pause(loop_, next - loop_.now());
    next = loop_.now() + jittered(check->options.interval, loop_.random());
    Probe probe(loop_, network_, *check);
    const ProbeResult result = co_await probe.ask();
    const auto transitions = registry_.on_probe(*check, result, loop_.wall());
    for (const Transition& transition : transitions) changed_(transition);
    co_await probe.read_rest();
  }
}

}  // namespace minato::upstream
