#include "scenario/random_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "scenario/client.h"
#include "scenario/origin.h"
#include "sim/sim_network.h"

namespace minato::scenario {
namespace {

/// Nothing takes this long but what never ends.
constexpr Nanos patience = 10'000h;

net::Address machine(std::string_view ip, std::uint16_t port) {
  return *net::Address::parse(ip, port);
}

/// What is drawn before anything begins.
struct Lot {
  explicit Lot(std::uint64_t seed, bool is_proxy);
  ClientPlan any_client(Random& random, int& id);
  std::vector<std::string> described() const;
  /// Nothing has to be waited for but pauses and the way.
  bool undisturbed() const { return !excuses.broken_links && !temper.mishaps; }
  Nanos time_max() const;

  sim::Faults faults;
  Temper temper;
  Excuses excuses;
  std::size_t origins;
  std::vector<ClientPlan> clients;
};

Pace any_pace(Random& random) {
  if (!random.one_in(3)) return {};
  return {.piece_max = 1 + random.below(2000), .pause_max = random.one_in(2) ? 30ms : 0ms};
}

/// Bodies are so long that each takes some hundreds of segments, and no more.
std::size_t affordable_body(const sim::Faults& faults) {
  const std::size_t segment = faults.segment_max == 0 ? 1460 : faults.segment_max;
  return std::min<std::size_t>(40'000, 200 * std::min(segment, faults.buffer_min));
}

Lot::Lot(std::uint64_t seed, bool is_proxy) {
  Random random(seed);
  faults = sim::any_faults(random);
  // In half of the runs nothing breaks by itself, so that nothing may fail without a cause.
  if (random.one_in(2)) faults.refuse_one_in = faults.reset_one_in = faults.stall_one_in = 0;
  temper = {.body_max = affordable_body(faults),
            .mishaps = random.one_in(2),
            .unsaid_closes = random.one_in(2),
            .proxied = is_proxy};
  const bool links_break = faults.refuse_one_in + faults.reset_one_in + faults.stall_one_in > 0;
  // Without a proxy an origin's reset hits whatever else was on the client's connection.
  excuses = {.broken_links = links_break || (!is_proxy && temper.mishaps),
             .stale_connections = temper.unsaid_closes,
             .no_proxy = !is_proxy};
  origins = is_proxy ? 1 + random.below(3) : 1;
  int id = 0;
  for (auto left = 1 + random.below(3); left > 0; --left) clients.push_back(any_client(random, id));
}

ClientPlan Lot::any_client(Random& random, int& id) {
  ClientPlan client{.exchanges = {}, .reading = any_pace(random), .writing = any_pace(random)};
  for (auto left = 1 + random.below(5); left > 0; --left)
    client.exchanges.push_back(any_exchange(++id, temper, random));
  client.half_closes = random.one_in(5);
  if (random.one_in(8)) client.abandons = static_cast<int>(random.below(client.exchanges.size()));
  return client;
}

std::vector<std::string> Lot::described() const {
  std::vector<std::string> lines{fmt::format(
      "delay up to {} ms, segments up to {}, buffers from {}; one in {} connects refused, {} "
      "segments reset, {} stalled for {} s",
      faults.delay_max / 1ms, faults.segment_max, faults.buffer_min, faults.refuse_one_in,
      faults.reset_one_in, faults.stall_one_in, faults.stall / 1s)};
  for (const ClientPlan& client : clients) {
    lines.push_back(fmt::format("client{}, hangs up in its exchange {}",
                                client.half_closes ? " that half-closes" : "", client.abandons));
    for (const ExchangePlan& exchange : client.exchanges) lines.push_back(describe(exchange));
  }
  return lines;
}

/// What a message takes at most, whose next piece sets out when the one before has made its `trip`.
Nanos time_max(std::size_t body_bytes, std::size_t buffer, Pace pace, Nanos trip) {
  const auto bytes = body_bytes + 1000;
  const auto trips = static_cast<std::int64_t>(4 + 2 * bytes / buffer);
  const auto pieces = static_cast<std::int64_t>(4 + 3 * bytes / pace.piece_max);
  return trips * trip + pieces * pace.pause_max;
}

/// Far more than an undisturbed run takes, and far less than a timeout that ends a wait which ought
/// not to be.
Nanos Lot::time_max() const {
  const Nanos trip = 4 * faults.delay_max;  // both ways, on both sides of what is in between
  Nanos sum = 5s;
  for (const ClientPlan& client : clients)
    for (const auto& [id, request, response] : client.exchanges)
      sum += scenario::time_max(request.body.bytes, faults.buffer_min, client.writing, trip) +
             scenario::time_max(response.body.bytes, faults.buffer_min, client.reading, trip);
  return sum;
}

/// All that runs, in the order in which it may die.
class Run {
 public:
  Run(std::uint64_t seed, const MakeMiddle& make_middle, bool is_proxy);
  RunReport finish();

 private:
  bool clients_done() const {
    return std::ranges::all_of(clients_, [](const auto& client) { return client->done(); });
  }
  bool origins_idle() const {
    return std::ranges::all_of(origins_,
                               [](const auto& origin) { return origin->connections() == 0; });
  }
  void expect_within_patience(bool in_time, std::string_view what) {
    if (!in_time) ledger_.violate(fmt::format("{} is stuck", what));
  }

  const std::uint64_t seed_;
  Lot lot_;
  Ledger ledger_;
  sim::SimWorld world_;
  sim::SimLoop& client_loop_;
  sim::SimLoop& origin_loop_;
  sim::SimNetwork client_network_, origin_network_;
  std::vector<std::unique_ptr<PlannedOrigin>> origins_;
  std::unique_ptr<Middle> middle_;
  std::vector<std::unique_ptr<PlannedClient>> clients_;
};

Run::Run(std::uint64_t seed, const MakeMiddle& make_middle, bool is_proxy)
    : seed_(seed),
      lot_(seed, is_proxy),
      ledger_(lot_.excuses),
      world_(seed),
      client_loop_(world_.add_loop()),
      origin_loop_(world_.add_loop()),
      client_network_(world_.wire(), client_loop_, machine("192.0.2.1", 0)),
      origin_network_(world_.wire(), origin_loop_, machine("10.0.0.1", 0)) {
  world_.wire().faults() = lot_.faults;
  const auto farewell = is_proxy ? Farewell::abrupt : Farewell::patient;
  Site site{.world = world_, .origins = {}, .seed = seed};
  for (std::size_t i = 0; i < lot_.origins; ++i) {
    site.origins.push_back(machine("10.0.0.1", static_cast<std::uint16_t>(8001 + i)));
    origins_.push_back(std::make_unique<PlannedOrigin>(
        origin_loop_, origin_network_, site.origins.back(), ledger_, farewell, seed + i));
  }
  middle_ = make_middle(site);
  for (const ClientPlan& plan : lot_.clients)
    clients_.push_back(std::make_unique<PlannedClient>(
        client_loop_, client_network_, middle_->address(), ledger_, plan, seed + clients_.size()));
}

RunReport Run::finish() {
  const Instant began = world_.now();
  expect_within_patience(world_.run_until([this] { return clients_done(); }, patience), "a client");
  const Nanos taken = world_.now() - began;
  if (lot_.undisturbed() && taken > lot_.time_max())
    ledger_.violate(fmt::format("the clients took {} s", taken / 1s));
  clients_.clear();
  middle_->shut_down();
  expect_within_patience(world_.run_until([this] { return origins_idle(); }, patience),
                         "an origin");
  world_.advance(1h);
  middle_->report_leaks(ledger_);
  const auto left = client_network_.open_streams() + origin_network_.open_streams();
  if (left != 0 && ledger_.violations().empty()) ledger_.violate("connections were left open");
  ledger_.close();
  std::vector<std::string> plan;
  if (!ledger_.violations().empty()) plan = lot_.described();
  return {.seed = seed_,
          .violations = ledger_.violations(),
          .plan = std::move(plan),
          .begun = ledger_.begun(),
          .completed = ledger_.completed()};
}

}  // namespace

RunReport run_seed(std::uint64_t seed, const MakeMiddle& make_middle, bool is_proxy) {
  return Run(seed, make_middle, is_proxy).finish();
}

}  // namespace minato::scenario
