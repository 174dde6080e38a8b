// The running program: its threads, logs, listeners and signals, put together.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "admin/api.h"
#include "control/admin_server.h"
#include "control/run.h"
#include "control/signals.h"
#include "control/supervisor.h"
#include "control/wording.h"
#include "control/worker_thread.h"

namespace minato::control {

/// Everything is built in the order of the members and goes in the opposite one.
/// Thread: the control thread.
class Process {
 public:
  /// The sentence says why it could not be made.
  static std::expected<std::unique_ptr<Process>, std::string> make(const RunOptions& options,
                                                                   config::Config config);
  ~Process();

  /// Says what the configuration has been warned of.
  void warn(const std::vector<schema::Problem>& problems) { say_problems(log_, problems); }
  /// Listens, drops root where it is asked to, and serves until a signal ends it.
  std::expected<void, std::string> run();

 private:
  struct Foundations;
  Process(const RunOptions& options, config::Config config, Foundations foundations);

  std::expected<void, std::string> make_workers();
  std::expected<void, std::string> start_admin();
  void start_control_socket();
  std::expected<void, std::string> drop_root() const;
  void hear(int signal);
  Task<void> reload();
  Task<void> end();
  void reopen_logs();

  const RunOptions& options_;
  config::Config config_;  // the first one: for what only a restart changes
  std::unique_ptr<observe::LineQueue> log_lines_;
  observe::Log log_;
  std::uint64_t descriptors_;  // that this process may open
  std::uint32_t worker_count_;
  observe::AccessLog access_log_;
  std::vector<observe::Counters> counters_;
  std::uint32_t pipes_;  // of each worker
  Quota quota_;
  Snapshots snapshots_;
  std::unique_ptr<runtime::EpollLoop> loop_;
  net::SocketNetwork network_;
  std::unique_ptr<net::Resolver> resolver_;
  Supervisor supervisor_;
  Commons commons_;
  std::vector<std::unique_ptr<WorkerThread>> workers_;
  std::optional<admin::Api> control_api_;
  std::optional<admin::Api> admin_api_;
  AdminServer control_server_;
  AdminServer admin_server_;
  std::unique_ptr<Signals> signals_;
  runtime::Scope tasks_;
  bool ending_ = false;
};

}  // namespace minato::control
