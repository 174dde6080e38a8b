#include "control/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/fd.h"
#include "base/version.h"
#include "config/control_socket.h"
#include "control/privileges.h"
#include "net/host.h"
#include "net/ports.h"

namespace minato::control {
namespace {

/// How long the end of the program waits for logs that nobody reads.
constexpr Millis log_patience = 2s;
constexpr std::size_t token_file_bytes_max = 4096;

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  // Fewer bytes than 256 come whole, or not at all before the kernel has any.
  [[maybe_unused]] const auto got = ::getrandom(&seed, sizeof seed, 0);
  return seed;
}

/// One worker for each CPU that this process may use.
std::uint32_t usable_cpus() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::uint32_t>(CPU_COUNT(&set));
}

/// For loops, listeners, pipes, logs, name servers and the control socket, and a probe for each
/// upstream.
std::uint64_t own_descriptors(const config::Config& config, std::uint32_t workers,
                              std::uint32_t pipes) {
  std::uint64_t probes = 0;
  for (const auto& service : config.services) probes += service.upstreams.size();
  return 32 + workers * (4 + 2 * pipes + config.services.size()) + probes;
}

/// The token of admin.token_file; empty where none is configured. No pipe's writer is waited for.
std::expected<std::string, std::string> read_token(const std::string& path) {
  if (path.empty()) return std::string();
  std::string text(token_file_bytes_max, '\0');
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  const ssize_t count = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (count < 0)
    return std::unexpected(
        fmt::format("admin.token_file: cannot read {}: {}", path, std::strerror(errno)));
  text.resize(static_cast<std::size_t>(count));
  if (auto token = admin::token_of_file(text)) return *std::move(token);
  return std::unexpected(fmt::format("admin.token_file: {} holds no token", path));
}

}  // namespace

struct Process::Foundations {
  std::unique_ptr<observe::LineQueue> log_lines;
  std::unique_ptr<runtime::EpollLoop> loop;
  std::unique_ptr<net::Resolver> resolver;
  std::uint64_t descriptors = 0;
};

std::expected<std::unique_ptr<Process>, std::string> Process::make(const RunOptions& options,
                                                                   config::Config config) {
  Foundations made;
  made.descriptors = net::raise_descriptor_limit();
  auto lines = observe::LineQueue::open(config.log.output);
  if (!lines)
    return std::unexpected(fmt::format("log.output: cannot open {}: {}", config.log.output,
                                       std::strerror(lines.error().os_errno)));
  made.log_lines = *std::move(lines);
  auto loop = runtime::EpollLoop::make(random_seed());
  if (!loop) return std::unexpected(std::string(loop.error().detail));
  made.loop = *std::move(loop);
  auto resolver = net::make_resolver(*made.loop, config.dns);
  if (!resolver) return std::unexpected(std::string(resolver.error().detail));
  made.resolver = *std::move(resolver);
  return std::unique_ptr<Process>(new Process(options, std::move(config), std::move(made)));
}

Process::Process(const RunOptions& options, config::Config config, Foundations made)
    : options_(options),
      config_(std::move(config)),
      log_lines_(std::move(made.log_lines)),
      log_(*log_lines_, config_.log),
      descriptors_(made.descriptors),
      worker_count_(config_.workers != 0 ? config_.workers : usable_cpus()),
      access_log_(log_, worker_count_),
      counters_(worker_count_),
      pipes_(pipes_within(descriptors_, worker_count_)),
      quota_(connections_within(descriptors_, own_descriptors(config_, worker_count_, pipes_))),
      loop_(std::move(made.loop)),
      network_(*loop_),
      resolver_(std::move(made.resolver)),
      supervisor_({.loop = *loop_,
                   .network = network_,
                   .resolver = *resolver_,
                   .log = log_,
                   .access_log = access_log_,
                   .quota = quota_,
                   .snapshots = snapshots_,
                   .counters = counters_,
                   .workers = worker_count_,
                   .load = options.reload,
                   .claim = net::claim_port,
                   .host_has_ipv6 = net::has_ipv6(),
                   .config_path = options.config_path}),
      commons_{.log = log_,
               .access_log = access_log_,
               .counters = counters_,
               .quota = quota_,
               .headquarters = supervisor_,
               .snapshots = snapshots_,
               .pipes = pipes_,
               .pseudonym = fmt::format("minato-{:016x}", loop_->random()()),
               .port_owner = user_to_become(config_.user)},
      control_server_(*loop_, network_, log_),
      admin_server_(*loop_, network_, log_),
      tasks_(*loop_) {}

Process::~Process() {
  for (auto& worker : workers_) worker->stop();
  tasks_.cancel_all();
  // While all of them stand: a connection's end is news for every worker with clients that wait.
  for (auto& worker : workers_) worker->worker().cut();
  workers_.clear();  // their last lines go to the access log before that ends
  access_log_.stop(log_patience);
  log_lines_->stop(log_patience);
}

std::expected<void, std::string> Process::run() {
  if (auto made = make_workers(); !made) return made;
  if (auto started = supervisor_.start(config_); !started) return started;
  if (auto listening = start_admin(); !listening) return listening;
  if (auto dropped = drop_root(); !dropped) return dropped;
  auto signals = Signals::make(*loop_, [this](int signal) { hear(signal); });
  if (!signals) return std::unexpected(std::string(signals.error().detail));
  signals_ = *std::move(signals);
  for (auto& worker : workers_) worker->start();
  log_.info("started", "serving",
            {{"version", version}, {"workers", worker_count_}, {"descriptors", descriptors_}});
  options_.started();
  loop_->run();
  return {};
}

std::expected<void, std::string> Process::make_workers() {
  for (std::uint32_t index = 0; index < worker_count_; ++index) {
    auto worker = WorkerThread::make(index, random_seed(), commons_);
    if (!worker) return std::unexpected(std::string(worker.error().detail));
    supervisor_.add_worker((*worker)->worker());
    workers_.push_back(*std::move(worker));
  }
  return {};
}

std::expected<void, std::string> Process::start_admin() {
  start_control_socket();
  if (!config_.admin) return {};
  const auto& options = *config_.admin;
  const auto address = net::Address::parse_with_port(options.listen, 0);
  if (!address)
    return std::unexpected(fmt::format("admin.listen: {} is no address", options.listen));
  auto token = read_token(options.token_file);
  if (!token) return std::unexpected(token.error());
  admin_api_.emplace(supervisor_, admin::GateOptions{.reach = admin::GateOptions::Reach::tcp,
                                                     .token = *std::move(token)});
  const auto claimed = net::claim_port(*address);
  const auto opened = claimed ? admin_server_.listen(*address, *admin_api_) : claimed;
  if (!opened) return std::unexpected(describe_open_failure(*address, opened.error()));
  return {};
}

/// One that another Minato holds, or a folder that is not there, does not stop the start.
void Process::start_control_socket() {
  const char* const runtime_directory = std::getenv("XDG_RUNTIME_DIR");
  const auto path = config::control_socket_path(
      config_.control_socket,
      config::operator_of_process(runtime_directory == nullptr ? "" : runtime_directory));
  if (path.empty()) return;
  control_api_.emplace(supervisor_, admin::GateOptions{});
  const auto address = net::Address::unix_path(path);
  const auto opened = address ? control_server_.listen(*address, *control_api_)
                              : fail(Fault::too_large, Side::local, "the path is too long");
  if (!opened)
    log_.warn("control_socket.absent", "no control socket: reload with SIGHUP",
              {{"path", path},
               {"detail", opened.error().detail},
               {"reason", std::strerror(opened.error().os_errno)}});
}

std::expected<void, std::string> Process::drop_root() const {
  if (config_.user.empty()) return {};
  if (auto become = become_user(config_.user); !become)
    return std::unexpected(
        fmt::format("cannot become user {}: {}", config_.user, become.error().detail));
  return {};
}

void Process::hear(int signal) {
  switch (signal) {
    case SIGHUP: tasks_.start(reload()); return;
    case SIGUSR1: reopen_logs(); return;
    default: break;
  }
  if (ending_) {
    log_.warn("shutdown.hurried", "told to end again: ending at once");
    supervisor_.hurry();
    loop_->stop();
    return;
  }
  ending_ = true;
  tasks_.start(end());
}

Task<void> Process::reload() { (void)co_await supervisor_.reload(); }

Task<void> Process::end() {
  co_await supervisor_.shut_down();
  admin_server_.cut();
  control_server_.cut();
  loop_->stop();
}

void Process::reopen_logs() {
  if (auto reopened = log_lines_->reopen(); !reopened)
    log_.error("log.reopen_failed", "the old log file stays in use",
               {{"reason", std::strerror(reopened.error().os_errno)}});
  access_log_.reopen();
  log_.info("logs.reopened", "log files were opened anew");
}

}  // namespace minato::control
