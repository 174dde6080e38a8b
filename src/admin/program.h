// The running program, as the admin API sees it: what it asks of whoever runs it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "base/time.h"
#include "cache/cache.h"
#include "cache/rules.h"
#include "observe/counters.h"
#include "schema/problem.h"

namespace minato::admin {

enum class EndpointState : std::uint8_t {
  up,
  down,
  unresolved,  ///< the name of the upstream has had no address yet
};

struct EndpointStatus {
  std::string address;   ///< "10.0.0.1:8080"; empty while unresolved
  std::string upstream;  ///< the URL as configured
  EndpointState state = EndpointState::up;
  std::string reason;  ///< of the last change: "check answered 503"
  WallTime since{};    ///< the last change, or the endpoint's appearance
  std::uint64_t in_flight = 0;
  std::uint64_t exchanges = 0;
  std::uint64_t failed_connects = 0;
  std::uint32_t connections = 0;  ///< open ones, over all workers
};

struct ServiceStatus {
  std::string name;
  std::uint16_t port = 0;
  std::string balancer;
  std::vector<EndpointStatus> endpoints;  ///< in the order of the configuration
};

struct ListenerStatus {
  std::string address;  ///< "[::]:8080"
  std::uint16_t port = 0;
  std::vector<std::string> services;  ///< names
};

/// What an attempt to put another configuration in force came to.
struct ReloadOutcome {
  bool accepted = false;
  bool shutting_down = false;             ///< refused for that alone
  std::vector<std::string> changes;       ///< a line each; empty where nothing differs
  std::vector<schema::Problem> problems;  ///< where accepted, warnings alone
  Nanos duration{0};
};

struct ReloadStatus {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::optional<WallTime> last;  ///< when the last attempt ended; none: there was none
  bool last_accepted = false;
};

struct Status {
  std::string version;
  int pid = 0;
  WallTime started{};
  Nanos uptime{0};
  std::string config_path;  ///< empty where the configuration is not a file's
  bool ready = false;
  std::uint32_t workers = 0;
  ReloadStatus reloads;
  std::vector<ListenerStatus> listeners;
  std::vector<ServiceStatus> services;
  /// Over all workers, in the order of observe::counter_rows().
  std::array<std::uint64_t, observe::counter_count> counters{};
};

/// A service that takes requests for a URL; good until the next reload.
struct UrlService {
  std::string_view name;
  const cache::ServiceRules* caching = nullptr;  ///< null: its cache is off
};

/// Thread: the control thread's.
class Program {
 public:
  virtual ~Program() = default;
  /// False before it serves, and from the moment it is told to end.
  virtual bool ready() const = 0;
  virtual Status status() const = 0;
  /// Reads the configuration again and puts it in force, or changes nothing. Who asks while another
  /// reload runs waits for it first. Dropping the task gives up the answer, not the reload: a
  /// client that goes away must not leave a configuration half in force.
  virtual Task<ReloadOutcome> reload() = 0;
  /// Returns when every worker serves by one configuration, and so by one cache: a reload takes
  /// them over in turn.
  virtual Task<void> until_agreed() { co_return; }

  /// Null where the configuration has none.
  virtual std::shared_ptr<cache::Cache> cache() const { return nullptr; }
  /// What a ban concerns is to go from now on, without anybody asking for it.
  virtual void carry_out_bans() {}
  struct CacheUses {
    std::uint64_t hits = 0, misses = 0;
  };
  /// Since that cache began.
  virtual CacheUses cache_uses() const { return {}; }
  /// The number under which this thread reads the cache.
  virtual std::size_t cache_reader() const { return 0; }
  /// Those that take requests for `url`, each once.
  virtual std::vector<UrlService> services_of(const cache::Url&) const { return {}; }
  /// Whether there is one that takes requests for something of that host, on whatever port.
  virtual bool takes_host(std::string_view) const { return true; }
  virtual WallTime now() const { return {}; }
};

}  // namespace minato::admin
