// Takes configurations over and keeps the running one: the control thread's side of everything.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/program.h"
#include "config/load.h"
#include "control/cache_keeper.h"
#include "control/countdown.h"
#include "control/worker.h"
#include "net/resolver.h"
#include "runtime/scope.h"
#include "upstream/health_monitor.h"
#include "upstream/name_keeper.h"
#include "upstream/registry.h"

namespace minato::control {

/// Thread:  its loop's, but for what Headquarters says.
/// Outlive: workers are added before `start`, and live longer than the supervisor.
class Supervisor final : public Headquarters, public admin::Program {
 public:
  struct Parts {
    runtime::Loop& loop;
    net::Network& network;  ///< for health checks
    net::Resolver& resolver;
    observe::Log& log;
    observe::AccessLog& access_log;
    Quota& quota;
    Snapshots& snapshots;
    std::span<const observe::Counters> counters;
    std::uint32_t workers;
    std::function<config::Loaded()> load;
    /// Whether nobody else listens there; what is wrong with it otherwise.
    std::function<Result<void>(const net::Address&)> claim;
    bool host_has_ipv6 = true;
    std::string config_path;
  };
  explicit Supervisor(Parts parts);
  ~Supervisor() override;

  void add_worker(Worker& worker) { workers_.push_back(&worker); }

  /// Takes the first configuration over, while no worker's loop runs yet. The problem says what
  /// could not be done, with the address where it is one.
  std::expected<void, std::string> start(config::Config config);

  /// Readiness fails, a reload that runs comes to its end, drain_delay passes, listeners close;
  /// then returns when the last exchange has ended or shutdown_grace has passed, with everything
  /// cut.
  Task<void> shut_down();
  /// Ends a shutdown that waits now.
  void hurry();

  // admin::Program.
  bool ready() const override { return state_ == State::serving; }
  admin::Status status() const override;
  Task<admin::ReloadOutcome> reload() override;
  Task<void> until_agreed() override;
  std::shared_ptr<cache::Cache> cache() const override { return cache_.cache(); }
  void carry_out_bans() override { cache_.carry_out_bans(); }
  CacheUses cache_uses() const override { return cache_.uses(); }
  std::size_t cache_reader() const override { return parts_.workers; }
  std::vector<admin::UrlService> services_of(const cache::Url& url) const override;
  bool takes_host(std::string_view host) const override;
  WallTime now() const override { return parts_.loop.wall(); }

  // Headquarters: any thread.
  void connect_failed(upstream::EndpointId endpoint, Error error) override;
  void connect_recovered(upstream::EndpointId endpoint) override;
  void slot_freed() override;
  void memory_freed() override;

 private:
  enum class State : std::uint8_t { starting, serving, draining };
  using Prepared = std::expected<std::shared_ptr<Snapshot>, std::string>;

  using Opened = std::expected<void, std::string>;

  Prepared prepare(config::Config config);
  std::vector<net::Address> new_addresses(const Snapshot& next) const;
  Opened claim(const std::vector<net::Address>& addresses) const;
  Task<void> learn_names(const config::Config& next);
  Task<Opened> take_addresses(std::vector<net::Address> addresses);
  Task<void> revive_on_workers(std::vector<net::Address> addresses);
  Task<Opened> open_on_workers(std::vector<net::Address> addresses);
  void abandon_on_workers();
  void adopt(const std::shared_ptr<Snapshot>& next);
  Task<void> apply_on_workers();
  Task<void> reload_into(std::shared_ptr<std::optional<admin::ReloadOutcome>> into);
  Task<admin::ReloadOutcome> reload_once();
  void publish_changes();
  void say(const upstream::Transition& transition);
  void hear(const upstream::NameKeeper::News& news);
  void remember(const admin::ReloadOutcome& outcome);

  Parts parts_;
  std::vector<Worker*> workers_;
  upstream::Registry registry_;
  upstream::HealthMonitor health_;
  upstream::NameKeeper names_;
  std::shared_ptr<const Snapshot> snapshot_;
  config::Config started_with_;  // what only a restart changes is still as it was there
  State state_ = State::starting;
  runtime::Event reload_ended_, applied_;
  bool reloading_ = false;
  bool applying_ = false;
  admin::ReloadStatus reloads_;
  std::shared_ptr<Countdown> drained_;
  WallTime started_;
  Instant began_;
  CacheKeeper cache_;
  runtime::Scope reloads_running_;  // last, so that they go first
};

}  // namespace minato::control
