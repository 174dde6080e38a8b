#include "scenario/house.h"

#include <fmt/format.h>

#include <algorithm>

namespace minato::scenario {

Task<Result<net::Resolution>> Names::resolve(std::string name, Instant until) {
  if (delay > 0ns) co_await runtime::pause(*loop, std::min(delay, until - loop->now()));
  if (const auto literal = net::Address::parse(name, 0)) {
    net::Resolution resolution{.addresses = {*literal}, .ttl = ttl};
    co_return resolution;
  }
  const auto found = known.find(name);
  const bool late = loop->now() >= until;
  const bool fails = late || (fail_one_in != 0 && random.one_in(fail_one_in));
  if (found == known.end() || fails) co_return fail(Fault::not_found, Side::local, "no such name");
  net::Resolution resolution{.addresses = found->second, .ttl = ttl};
  co_return resolution;
}

bool Lines::put(std::string_view line) {
  all.emplace_back(line);
  return true;
}

std::size_t Lines::count(std::string_view text) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      all, [&](const std::string& line) { return line.find(text) != line.npos; }));
}

House::SeatOfWorker::SeatOfWorker(sim::SimWorld& world, std::uint32_t index,
                                  const control::Commons& commons)
    : loop(world.add_loop()),
      network(world.wire(), loop, machine(0)),
      worker(loop, network, index, commons) {}

net::Address House::machine(std::uint16_t port) {
  return *net::Address::parse("203.0.113.1", port);
}

House::House(sim::SimWorld& world, config::Config config, std::uint32_t workers, Names::Known names)
    : world_(world),
      log_(lines_, config.log),
      access_log_(log_, workers),
      counters_(workers),
      loop_(world.add_loop()),
      network_(world.wire(), loop_, machine(0)),
      supervisor_(std::make_unique<control::Supervisor>(control::Supervisor::Parts{
          .loop = loop_,
          .network = network_,
          .resolver = names_,
          .log = log_,
          .access_log = access_log_,
          .quota = quota_,
          .snapshots = snapshots_,
          .counters = counters_,
          .workers = workers,
          .load = [this] { return config::Loaded{.config = next_, .problems = {}}; },
          .claim = [](const net::Address&) { return Result<void>{}; },
          .host_has_ipv6 = true,
          .config_path = "config.yaml"})),
      commons_{.log = log_,
               .access_log = access_log_,
               .counters = counters_,
               .quota = quota_,
               .headquarters = *supervisor_,
               .snapshots = snapshots_,
               .pseudonym = "minato-simulated"},
      tasks_(loop_),
      logs_access_(config.access_log.output != "off") {
  names_.known = std::move(names);
  names_.loop = &loop_;
  for (std::uint32_t index = 0; index < workers; ++index) {
    seats_.push_back(std::make_unique<SeatOfWorker>(world, index, commons_));
    supervisor_->add_worker(seats_.back()->worker);
  }
  const auto started = supervisor_->start(std::move(config));
  MINATO_ASSERT(started.has_value());
}

House::~House() {
  tasks_.cancel_all();
  seats_.clear();
}

void House::reload_later(Nanos after, config::Config config) {
  tasks_.start(reload_after(after, std::move(config)));
}

Task<void> House::reload_after(Nanos after, config::Config config) {
  co_await runtime::pause(loop_, after);
  next_ = std::move(config);
  auto outcome = co_await supervisor_->reload();
  reloads_.push_back(std::move(outcome));
}

admin::ReloadOutcome House::reload(config::Config config) {
  const std::size_t before = reloads_.size();
  reload_later(0ns, std::move(config));
  world_.run_until([&] { return reloads_.size() > before; }, 1h);
  return reloads_.back();
}

void House::begin_to_end() {
  if (!std::exchange(ending_, true)) tasks_.start(end());
}

Task<void> House::end() {
  co_await supervisor_->shut_down();
  ended_ = true;
}

void House::shut_down() {
  begin_to_end();
  world_.run_until([this] { return ended_; }, 1h);
  tasks_.cancel_all();
  supervisor_.reset();  // no checks any more, no names
}

void House::report_leaks(Ledger& ledger) const {
  const auto expect_none = [&ledger](auto count, const char* what) {
    if (count != 0) ledger.violate(fmt::format("{} {} are left", count, what));
  };
  if (!ended_) ledger.violate("the program does not end");
  expect_none(quota_.used(), "client connections");
  expect_none(network_.open_streams(), "streams of checks");
  expect_none(loop_.timers().armed_count(), "timers of the supervisor");
  for (const auto& seat : seats_) {
    expect_none(seat->network.open_streams(), "streams");
    expect_none(seat->loop.timers().armed_count(), "timers");
  }
  expect_none(lent_bytes(), "bytes of buffers");
  expect_none(count(observe::Counter::requests_in_flight), "exchanges");
  expect_none(count(observe::Counter::upstream_connections_open), "connections to origins");
  report_counts(ledger);
}

/// Every exchange is counted once, and has one line in the access log. Of what was begun, some may
/// never have come here.
void House::report_counts(Ledger& ledger) const {
  const auto requests = count(observe::Counter::requests);
  if (requests < static_cast<unsigned>(ledger.answered()) ||
      requests > static_cast<unsigned>(ledger.begun()))
    ledger.violate(fmt::format("{} exchanges were counted, of {} begun and {} answered", requests,
                               ledger.begun(), ledger.answered()));
  const auto lines =
      count(observe::Counter::access_log_lines) + count(observe::Counter::access_log_drops);
  if (lines != (logs_access_ ? requests : 0))
    ledger.violate(fmt::format("{} exchanges have {} access log lines", requests, lines));
}

std::uint64_t House::count(observe::Counter counter) const {
  return observe::sum(counters_, counter);
}

std::size_t House::lent_bytes() const {
  std::size_t sum = 0;
  for (const auto& seat : seats_) sum += seat->loop.blocks().lent_bytes();
  return sum;
}

namespace {

Task<void> connect_into(net::Network& network, std::unique_ptr<net::Stream>& into) {
  auto made = co_await network.connect(House::machine(), never);
  into = *std::move(made);
}

}  // namespace

sim::Peer connect_to_house(sim::SimWorld& world, sim::SimNetwork& from, runtime::Loop& loop) {
  runtime::Scope task(loop);
  std::unique_ptr<net::Stream> stream;
  task.start(connect_into(from, stream));
  world.run_until_idle();
  return {world, std::move(stream)};
}

config::Config plain_config(const std::vector<net::Address>& origins) {
  config::Config config;
  config.log.level = observe::LogLevel::warn;
  config.access_log.output = "off";
  config::ServiceConfig service;
  service.name = "site";
  service.listen_port = 80;
  service.hosts.push_back({.host = "*"});
  service.health_check.type = upstream::HealthType::off;
  service.access_log = config.access_log;
  for (const net::Address& origin : origins)
    service.upstreams.push_back({.host = {.host = origin.host_text(), .port = origin.port()}});
  config.services.push_back(std::move(service));
  return config;
}

namespace {

constexpr const char* origins_name = "origins.example";

/// Checks that nothing fails but what is broken: they come often, and bear with slow ways.
void add_checks(upstream::HealthOptions& checks, Random& random) {
  checks.type = random.one_in(2) ? upstream::HealthType::http : upstream::HealthType::tcp;
  checks.interval = Millis(100 + random.below(10'000));
  checks.timeout = checks.tcp_timeout = 10min;
}

/// Limits of which no client may notice anything.
void add_limits(config::Config& config, Random& random) {
  auto& pool = config.services.front().upstream_pool;
  pool.idle_per_host = static_cast<std::uint32_t>(random.below(3));
  pool.idle_timeout = Millis(100 + random.below(1000));
  pool.requests_per_connection = static_cast<std::uint32_t>(random.below(4));
  config.limits.server.connections = static_cast<std::uint32_t>(random.below(4));
}

config::Config any_config(const Site& site, Random& random) {
  config::Config config = plain_config(site.origins);
  config::ServiceConfig& service = config.services.front();
  if (random.one_in(20)) config.access_log.output = "/dev/null";  // each costs a thread
  service.access_log = config.access_log;
  if (random.one_in(3)) add_checks(service.health_check, random);
  if (random.one_in(3)) add_limits(config, random);
  // One name, as the origins are one machine.
  if (random.one_in(3))
    for (upstream::UpstreamOptions& upstream : service.upstreams) upstream.host.host = origins_name;
  return config;
}

/// What is served stays the same, though not by whom.
config::Config shuffled(config::Config config, Random& random) {
  config::ServiceConfig& service = config.services.front();
  auto& upstreams = service.upstreams;
  const auto from = static_cast<std::ptrdiff_t>(random.below(upstreams.size()));
  std::ranges::rotate(upstreams, upstreams.begin() + from);
  if (upstreams.size() > 1 && random.one_in(2)) upstreams.pop_back();
  if (random.one_in(4)) service.balancer = "least_connections";
  return config;
}

}  // namespace

std::unique_ptr<Middle> make_house(Site site) {
  Random random(site.seed);
  const config::Config config = any_config(site, random);
  const Names::Known known{{origins_name, {site.origins.front()}}};
  auto house = std::make_unique<House>(site.world, config, 1 + random.below(2), known);
  site.world.run_until_idle();  // the name has its address
  Names& names = house->names();
  names.ttl = Millis(100 + random.below(5000));
  names.fail_one_in = random.below(4);  // the last good address stays
  if (!random.one_in(3)) return house;
  for (int reloads = 3; reloads > 0; --reloads)
    house->reload_later(Nanos(random.below(Nanos(2s).count())), shuffled(config, random));
  return house;
}

}  // namespace minato::scenario
