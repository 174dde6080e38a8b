#include "control/supervisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/diff.h"
#include "control/housekeeping.h"
#include "control/wording.h"
#include "runtime/crossing.h"

namespace minato::control {

using admin::ReloadOutcome;
using config::Config;

namespace {

schema::Problem problem_of(const std::string& path, std::string message) {
  schema::Problem problem;
  problem.file = path;
  problem.message = std::move(message);
  return problem;
}

/// How long a reload waits for names that are new in it.
constexpr Millis names_patience = 2s;

constexpr const char* shutting_down = "Minato is shutting down";

ReloadOutcome refusal(const std::string& path, std::string why) {
  ReloadOutcome outcome;
  outcome.problems.push_back(problem_of(path, std::move(why)));
  return outcome;
}

/// No fault of the file.
ReloadOutcome refusal_at_the_end() {
  ReloadOutcome outcome = refusal({}, shutting_down);
  outcome.shutting_down = true;
  return outcome;
}

}  // namespace

Supervisor::Supervisor(Parts parts)
    : parts_(std::move(parts)),
      registry_(parts_.workers),
      health_(parts_.loop, parts_.network, registry_,
              [this](const upstream::Transition& transition) {
                say(transition);
                publish_changes();
              }),
      names_(parts_.loop, parts_.resolver, registry_,
             [this](const upstream::NameKeeper::News& news) { hear(news); }),
      reload_ended_(parts_.loop),
      applied_(parts_.loop),
      started_(parts_.loop.wall()),
      began_(parts_.loop.now()),
      cache_(parts_.loop, parts_.workers, parts_.counters),
      reloads_running_(parts_.loop) {}

Supervisor::~Supervisor() = default;

std::expected<void, std::string> Supervisor::start(Config config) {
  started_with_ = config;
  auto next = prepare(std::move(config));
  if (!next) return std::unexpected(next.error());
  if (auto claimed = claim(new_addresses(**next)); !claimed) return claimed;
  for (Worker* const worker : workers_)
    for (const PortPlan& port : (*next)->ports)
      if (auto opened = worker->open({port.address}); !opened)
        return std::unexpected(describe_open_failure(port.address, opened.error()));
  adopt(*next);
  for (Worker* const worker : workers_) worker->apply(snapshot_);
  state_ = State::serving;
  return {};
}

Supervisor::Prepared Supervisor::prepare(Config config) {
  auto next = compile(std::move(config), {.access_log = parts_.access_log,
                                          .host_has_ipv6 = parts_.host_has_ipv6,
                                          .seed = parts_.loop.random()()});
  if (!next) return std::unexpected(next.error());
  return *std::move(next);
}

Supervisor::Opened Supervisor::claim(const std::vector<net::Address>& addresses) const {
  for (const net::Address& address : addresses)
    if (auto claimed = parts_.claim(address); !claimed)
      return std::unexpected(describe_open_failure(address, claimed.error()));
  return {};
}

std::vector<net::Address> Supervisor::new_addresses(const Snapshot& next) const {
  std::vector<net::Address> fresh;
  for (const PortPlan& port : next.ports)
    if (snapshot_ == nullptr || snapshot_->port_at(port.address) == nullptr)
      fresh.push_back(port.address);
  return fresh;
}

/// What cannot fail any more: endpoints, checks and names follow the new configuration.
void Supervisor::adopt(const std::shared_ptr<Snapshot>& next) {
  const auto groups = registry_.apply(group_configs(next->config), parts_.loop.wall());
  for (std::size_t i = 0; i < groups.size(); ++i) next->services[i].service.group = groups[i];
  parts_.quota.set_limit(next->config.limits.server.connections);
  slot_freed();  // where the limit is higher now
  parts_.log.set(next->config.log);
  cache_.hand_over(snapshot_.get(), *next);
  snapshot_ = next;
  parts_.snapshots.add(next);
  health_.sync();
  names_.sync();
  publish_changes();
}

/// Waits for a task that the supervisor itself owns, so that who asked may go away.
Task<ReloadOutcome> Supervisor::reload() {
  while (reloading_) co_await reload_ended_.next();
  reloading_ = true;
  const auto outcome = std::make_shared<std::optional<ReloadOutcome>>();
  reloads_running_.start(reload_into(outcome));
  while (!*outcome) co_await reload_ended_.next();
  co_return **outcome;
}

Task<void> Supervisor::reload_into(std::shared_ptr<std::optional<ReloadOutcome>> into) {
  const Instant began = parts_.loop.now();
  ReloadOutcome outcome = co_await reload_once();
  outcome.duration = parts_.loop.now() - began;
  remember(outcome);
  *into = std::move(outcome);
  reloading_ = false;
  reload_ended_.happen();
}

Task<ReloadOutcome> Supervisor::reload_once() {
  const auto refused = [this](std::string why) { return refusal(parts_.config_path, why); };
  if (state_ == State::draining) co_return refusal_at_the_end();
  config::Loaded loaded = parts_.load();
  if (!loaded.ok()) {
    ReloadOutcome faulty;
    faulty.problems = std::move(loaded.problems);
    co_return faulty;
  }
  auto next = prepare(std::move(loaded.config));
  if (!next) co_return refused(next.error());
  co_await learn_names((*next)->config);
  auto opened = co_await take_addresses(new_addresses(**next));
  if (!opened) {
    abandon_on_workers();
    co_return refused(opened.error());
  }
  if (state_ == State::draining) {  // since we looked
    abandon_on_workers();
    co_return refusal_at_the_end();
  }
  ReloadOutcome outcome;
  outcome.changes = lines_of(config::diff(snapshot_->config, (*next)->config, started_with_));
  adopt(*next);
  co_await apply_on_workers();
  cache_.empty_old();
  outcome.accepted = true;
  outcome.problems = std::move(loaded.problems);  // warnings
  co_return outcome;
}

/// So that a service that goes on with a name has its addresses from the first request.
Task<void> Supervisor::learn_names(const Config& next) {
  auto names = upstream::names_of(group_configs(next));
  co_await names_.learn(std::move(names), parts_.loop.now() + names_patience);
}

/// What a reload before removed may still be closing: where it is wanted again it stays, so that
/// nothing of ours closes while we look who else listens there.
Task<Supervisor::Opened> Supervisor::take_addresses(std::vector<net::Address> addresses) {
  co_await revive_on_workers(addresses);
  if (auto claimed = claim(addresses); !claimed) co_return claimed;
  co_return co_await open_on_workers(std::move(addresses));
}

Task<void> Supervisor::revive_on_workers(std::vector<net::Address> addresses) {
  for (Worker* const worker : workers_) {
    auto revive = [worker, addresses] {
      worker->revive(addresses);
      return true;
    };
    co_await runtime::on(parts_.loop, worker->loop(), std::move(revive));
  }
}

Task<Supervisor::Opened> Supervisor::open_on_workers(std::vector<net::Address> addresses) {
  for (const net::Address& address : addresses) {
    for (Worker* const worker : workers_) {
      auto open = [worker, address] { return worker->open({address}); };
      const auto opened = co_await runtime::on(parts_.loop, worker->loop(), std::move(open));
      if (!opened) co_return std::unexpected(describe_open_failure(address, opened.error()));
    }
  }
  co_return Opened{};
}

void Supervisor::abandon_on_workers() {
  for (Worker* const worker : workers_) worker->loop().send([worker] { worker->abandon(); });
}

/// Returns when every worker serves the new snapshot.
Task<void> Supervisor::apply_on_workers() {
  applying_ = true;
  for (Worker* const worker : workers_) {
    // Named: g++ 12 copies the temporaries of a co_await bit by bit, and destroys both.
    auto apply = [worker, next = snapshot_] {
      worker->apply(next);
      return true;
    };
    co_await runtime::on(parts_.loop, worker->loop(), std::move(apply));
  }
  applying_ = false;
  applied_.happen();
}

Task<void> Supervisor::until_agreed() {
  while (applying_) co_await applied_.next();
}

void Supervisor::publish_changes() {
  for (const upstream::GroupChange& change : registry_.take_changes())
    for (Worker* const worker : workers_)
      worker->loop().send([worker, change] { worker->install(change); });
}

Task<void> Supervisor::shut_down() {
  state_ = State::draining;
  while (reloading_) co_await reload_ended_.next();  // it has ports to close, or to give back
  const Millis delay = snapshot_->config.drain_delay;
  const Millis grace = snapshot_->config.shutdown_grace;
  parts_.log.info("shutdown.begins", "no longer ready, draining",
                  {{"drain_delay_ms", delay.count()}});
  if (delay > 0ms) co_await runtime::pause(parts_.loop, delay);
  // Shared, since a worker may end after we have stopped waiting for it.
  drained_ = std::make_shared<Countdown>(parts_.loop, workers_.size(), grace);
  for (Worker* const worker : workers_)
    worker->loop().send([worker, drained = drained_, &loop = parts_.loop] {
      worker->drain([drained, &loop] { loop.send([drained] { drained->one_has_ended(); }); });
    });
  const bool all_ended = co_await drained_->end();
  for (Worker* const worker : workers_)
    co_await runtime::on(parts_.loop, worker->loop(), [worker] {
      worker->cut();
      return true;
    });
  parts_.log.info("shutdown.ends",
                  all_ended ? "every exchange has ended" : "what was left was cut");
}

void Supervisor::hurry() {
  if (drained_) drained_->give_up();
}

void Supervisor::say(const upstream::Transition& transition) {
  const auto level = transition.up ? observe::LogLevel::info : observe::LogLevel::warn;
  parts_.log.say(level, transition.up ? "endpoint.up" : "endpoint.down",
                 upstream::to_string(transition),
                 {{"endpoint", transition.endpoint->text},
                  {"origin", transition.endpoint->origin},
                  {"services", fmt::to_string(fmt::join(transition.services, ", "))},
                  {"reason", upstream::to_string(transition.cause)}});
}

void Supervisor::hear(const upstream::NameKeeper::News& news) {
  if (news.error == nullptr) {
    health_.sync();  // addresses may have come and gone
    publish_changes();
    return;
  }
  parts_.log.warn(
      "dns.failed", "a name does not resolve; its last good addresses stay in use",
      {{"name", news.name}, {"reason", name(news.error->fault)}, {"detail", news.error->detail}});
}

void Supervisor::remember(const ReloadOutcome& outcome) {
  ++(outcome.accepted ? reloads_.accepted : reloads_.refused);
  reloads_.last = parts_.loop.wall();
  reloads_.last_accepted = outcome.accepted;
  if (outcome.shutting_down) return parts_.log.warn("reload.refused", shutting_down);
  if (outcome.accepted) {
    parts_.log.info("reload.accepted", "the new configuration is in force",
                    {{"changes", outcome.changes.size()}});
    for (const std::string& change : outcome.changes) parts_.log.info("reload.change", change);
  } else {
    parts_.log.error("reload.refused", "the running configuration stays in force",
                     {{"problems", outcome.problems.size()}});
  }
  say_problems(parts_.log, outcome.problems);
}

void Supervisor::connect_failed(upstream::EndpointId endpoint, Error error) {
  parts_.loop.send([this, endpoint, error] {
    for (const auto& change : registry_.on_connect_failure(endpoint, error, parts_.loop.wall()))
      say(change);
    publish_changes();
  });
}

void Supervisor::connect_recovered(upstream::EndpointId endpoint) {
  parts_.loop.send([this, endpoint] { registry_.on_connect(endpoint); });
}

void Supervisor::memory_freed() { parts_.loop.send(give_memory_to_system); }

void Supervisor::slot_freed() {
  for (Worker* const worker : workers_) worker->loop().send([worker] { worker->retry_accepts(); });
}

}  // namespace minato::control
