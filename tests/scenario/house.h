// The whole program but its signals and threads, on simulated machines: a supervisor on one loop,
// and as many workers on loops of their own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/supervisor.h"
#include "scenario/random_run.h"
#include "sim/peer.h"
#include "sim/sim_network.h"

namespace minato::scenario {

/// A resolver that knows what a test tells it.
class Names final : public net::Resolver {
 public:
  Task<Result<net::Resolution>> resolve(std::string name, Instant until) override;
  using Known = std::map<std::string, std::vector<net::Address>>;
  Known known;
  Millis ttl = 60s;
  Nanos delay{0};                 ///< of an answer
  runtime::Loop* loop = nullptr;  ///< where that passes; the house's
  std::uint64_t fail_one_in = 0;  ///< questions; 0: none
  Random random{1};
};

/// Keeps what the program says.
struct Lines final : observe::LineSink {
  bool put(std::string_view line) override;
  /// How many lines speak of `text`.
  std::size_t count(std::string_view text) const;
  std::vector<std::string> all;
};

/// Thread: the world's.
class House final : public Middle {
 public:
  /// The machine that it runs on.
  static net::Address machine(std::uint16_t port = 80);

  /// Serves `config` from now on. What it cannot begin with is an error of the test.
  House(sim::SimWorld& world, config::Config config, std::uint32_t workers = 1,
        Names::Known names = {});
  ~House() override;

  net::Address address() const override { return machine(); }
  /// Puts `config` in force, and returns when it is, or is refused.
  admin::ReloadOutcome reload(config::Config config);
  /// The same without waiting, `after` a while.
  void reload_later(Nanos after, config::Config config);
  /// How the reloads ended, so far.
  const std::vector<admin::ReloadOutcome>& reloads() const { return reloads_; }
  /// What SIGTERM does; returns at once. A second time does nothing.
  void begin_to_end();
  bool has_ended() const { return ended_; }

  void shut_down() override;
  void report_leaks(Ledger& ledger) const override;

  control::Supervisor& supervisor() { return *supervisor_; }
  Names& names() { return names_; }
  const Lines& lines() const { return lines_; }
  std::uint64_t count(observe::Counter counter) const;
  /// Buffers in use, over all workers.
  std::size_t lent_bytes() const;
  sim::SimNetwork& network(std::size_t worker) { return seats_[worker]->network; }
  const sim::SimLoop& loop(std::size_t worker) const { return seats_[worker]->loop; }

 private:
  struct SeatOfWorker {
    SeatOfWorker(sim::SimWorld& world, std::uint32_t index, const control::Commons& commons);
    sim::SimLoop& loop;
    sim::SimNetwork network;
    control::Worker worker;
  };
  void report_counts(Ledger& ledger) const;
  Task<void> reload_after(Nanos after, config::Config config);
  Task<void> end();

  sim::SimWorld& world_;
  Lines lines_;
  observe::Log log_;
  observe::AccessLog access_log_;
  std::vector<observe::Counters> counters_;
  control::Quota quota_{1'000'000};
  control::Snapshots snapshots_;
  sim::SimLoop& loop_;
  sim::SimNetwork network_;
  Names names_;
  config::Config next_;  // what a reload finds
  std::unique_ptr<control::Supervisor> supervisor_;
  control::Commons commons_;
  std::vector<std::unique_ptr<SeatOfWorker>> seats_;
  runtime::Scope tasks_;
  std::vector<admin::ReloadOutcome> reloads_;
  const bool logs_access_;
  bool ending_ = false;
  bool ended_ = false;
};

/// A client's connection to the machine of a house, made when this returns.
sim::Peer connect_to_house(sim::SimWorld& world, sim::SimNetwork& from, runtime::Loop& loop);

/// One service on port 80 for every host, with these origins, unchecked.
config::Config plain_config(const std::vector<net::Address>& origins);
/// A house that reloads now and then while the exchanges run.
std::unique_ptr<Middle> make_house(Site site);

}  // namespace minato::scenario
