#include "upstream/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/assert.h"
#include "upstream/target.h"

namespace minato::upstream {
namespace {

/// The URL without what it adds to targets: who is asked, not for what.
std::string origin_text(http::OriginUrl url) {
  url.base_path.clear();
  url.query.clear();
  return http::to_string(url);
}

bool is_name(const http::OriginUrl& url) {
  return !url.is_unix() && !net::Address::parse(url.host, url.port);
}

/// Leaves a group's checks; a check that nobody uses dies with its last member.
void leave(Membership& group) {
  for (const Member& member : group.members) member.check->users.erase(&group);
  group.members.clear();
}

/// Whether the group could go on without `endpoint`.
bool has_another(const Membership& group, const Endpoint& endpoint) {
  return std::ranges::any_of(group.members, [&](const Member& member) {
    return member.endpoint.get() != &endpoint && member.check->usable();
  });
}

LastUsable last_usable(const Check& check) {
  const bool spared = std::ranges::all_of(
      check.users, [&](const Membership* group) { return has_another(*group, *check.endpoint); });
  return spared ? LastUsable::no : LastUsable::yes;
}

/// They may differ in how often they ask, how long they wait, and what they make of the answers.
bool asks_the_same(const Check& one, const Check& other) {
  return one.endpoint == other.endpoint && one.options.type == other.options.type &&
         one.target == other.target && one.host == other.host;
}

bool is_to_run(const Check& check) {
  return !check.users.empty() && check.options.type != HealthType::off;
}

/// The state of `check` has changed. What made it change is one event, so that who became the same
/// became it for the same cause.
void add_change(std::vector<Transition>& transitions, const Check& check) {
  auto same = std::ranges::find(transitions, check.health.up(), &Transition::up);
  if (same == transitions.end())
    same = transitions.insert(same, {check.endpoint, check.health.up(), check.health.cause()});
  for (Membership* const group : check.users) {
    group->changed = true;
    same->services.insert(group->group->config().name);
  }
}

std::shared_ptr<const Candidates> candidates_of(const Membership& group) {
  auto made = std::make_shared<Candidates>();
  made->unresolved = group.unresolved;
  for (const Member& member : group.members) {
    made->endpoints.push_back(member.endpoint);
    if (member.check->usable()) made->usable.push_back({member.endpoint.get(), member.entry});
  }
  return made;
}

/// Sorted, each once: resolvers turn their answers round.
void put_in_order(std::vector<net::Address>& addresses) {
  std::ranges::sort(addresses, {}, &net::Address::text);
  const auto repeated = std::ranges::unique(addresses);
  addresses.erase(repeated.begin(), repeated.end());
}

}  // namespace

std::string to_string(const Transition& transition) {
  const Endpoint& endpoint = *transition.endpoint;
  return fmt::format("{} ({}) is {}: {}", endpoint.text, endpoint.origin,
                     transition.up ? "up" : "down", to_string(transition.cause));
}

std::vector<std::shared_ptr<Group>> Registry::apply(std::vector<GroupConfig> configs,
                                                    WallTime now) {
  keep_names(configs);
  std::map<std::string_view, std::unique_ptr<Membership>> before;
  for (auto& group : groups_) before.emplace(group->group->config().name, std::move(group));
  std::vector<std::unique_ptr<Membership>> next;
  for (GroupConfig& config : configs) {
    const auto old = before.find(config.name);
    const bool known = old != before.end();
    if (known && old->second->group->config() == config)
      next.push_back(std::move(before.extract(old).mapped()));
    else
      next.push_back(make_group(std::move(config), known ? old->second.get() : nullptr, now));
  }
  groups_ = std::move(next);
  link_names();
  for (const auto& [name, group] : before) leave(*group);
  forget_unused();
  std::vector<std::shared_ptr<Group>> groups;
  for (const auto& group : groups_) groups.push_back(group->group);
  return groups;
}

std::unique_ptr<Membership> Registry::make_group(GroupConfig config, const Membership* before,
                                                 WallTime now) {
  const bool same_policy = before != nullptr && before->group->config().balancer == config.balancer;
  const BalancerKind* const kind = find_balancer(config.balancer);
  MINATO_ASSERT(kind != nullptr);
  std::shared_ptr<Balancer> balancer = same_policy ? before->group->balancer() : kind->make();
  auto made = std::make_unique<Membership>();
  made->group = std::make_shared<Group>(std::move(config), std::move(balancer), workers_);
  join(*made, now);
  const auto candidates = candidates_of(*made);
  for (WorkerIndex worker = 0; worker < workers_; ++worker)
    made->group->install(worker, candidates);
  return made;
}

/// Finds the members anew. The old ones are let go last, so that what stays is found again.
void Registry::join(Membership& group, WallTime now) {
  Membership before;
  std::swap(before.members, group.members);
  for (const Member& member : before.members) member.check->users.erase(&group);
  const GroupConfig& config = group.group->config();
  group.unresolved = false;
  for (const UpstreamOptions& entry : config.entries) {
    const auto addresses = addresses_of(entry.host);
    group.unresolved |= addresses.empty();
    for (const net::Address& address : addresses) {
      const auto endpoint = endpoint_at(entry.host, address);
      const auto check = check_of(endpoint, entry, config.health, now);
      check->users.insert(&group);
      group.members.push_back({endpoint, check, &entry});
    }
  }
}

void Registry::keep_names(std::span<const GroupConfig> configs) {
  auto before = std::move(names_);
  names_.clear();
  for (const std::string& name : names_of(configs))
    names_.try_emplace(name, Name{std::move(before[name].addresses), {}});
}

std::set<std::string> names_of(std::span<const GroupConfig> configs) {
  std::set<std::string> names;
  for (const GroupConfig& config : configs)
    for (const UpstreamOptions& entry : config.entries)
      if (is_name(entry.host)) names.insert(entry.host.host);
  return names;
}

void Registry::link_names() {
  for (const auto& group : groups_)
    for (const UpstreamOptions& entry : group->group->config().entries)
      if (const auto name = names_.find(entry.host.host); name != names_.end())
        name->second.users.push_back(group.get());
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> names;
  for (const auto& [text, name] : names_) names.push_back(text);
  return names;
}

void Registry::set_addresses(std::string_view name, std::vector<net::Address> addresses,
                             WallTime now) {
  const auto known = names_.find(name);
  if (known == names_.end() || addresses.empty()) return;
  put_in_order(addresses);
  if (addresses.size() > addresses_max) addresses.resize(addresses_max);
  auto& [last_good, users] = known->second;
  if (addresses == last_good) return;
  const bool had_some = !last_good.empty();
  last_good = std::move(addresses);
  for (Membership* const group : users) {
    join(*group, now);
    group->changed = true;
  }
  if (had_some) forget_unused();
}

std::vector<net::Address> Registry::addresses_of(const http::OriginUrl& url) const {
  const auto fixed =
      url.is_unix() ? net::Address::unix_path(url.socket) : net::Address::parse(url.host, url.port);
  if (fixed) return {*fixed};
  std::vector<net::Address> addresses;
  if (const auto known = names_.find(url.host); known != names_.end())
    for (const net::Address& address : known->second.addresses)
      addresses.push_back(address.with_port(url.port));
  return addresses;
}

std::shared_ptr<Endpoint> Registry::endpoint_at(const http::OriginUrl& url,
                                                const net::Address& address) {
  std::string origin = origin_text(url);
  std::weak_ptr<Endpoint>& known = endpoints_[{origin, address.text()}];
  auto endpoint = known.lock();
  if (!endpoint) {
    endpoint = std::make_shared<Endpoint>(EndpointId{next_id_++}, std::move(origin), address);
    known = endpoint;
  }
  endpoint->set_named(Named::yes);
  return endpoint;
}

std::shared_ptr<Check> Registry::check_of(const std::shared_ptr<Endpoint>& endpoint,
                                          const UpstreamOptions& entry,
                                          const HealthOptions& options, WallTime now) {
  const bool by_http = options.type == HealthType::http;
  const std::string target = by_http ? health_target(entry.health_uri, entry.host) : "";
  const std::string own = options.host.empty() ? host_field(entry.host) : options.host;
  const auto made =
      std::make_shared<Check>(Check{endpoint, target, by_http ? own : "", options, Health(now)});
  const auto [first, last] = checks_.equal_range({endpoint->id, target});
  for (auto at = first; at != last; ++at)
    if (const auto check = at->second.lock(); check && asks_the_same(*check, *made)) {
      if (check->options == options) return check;
      made->health = check->health;
    }
  checks_.emplace(CheckKey{endpoint->id, target}, made);
  return made;
}

std::vector<std::shared_ptr<Check>> Registry::checks_of(EndpointId endpoint) const {
  std::vector<std::shared_ptr<Check>> found;
  const auto first = checks_.lower_bound({endpoint, ""});
  for (auto at = first; at != checks_.end() && at->first.first == endpoint; ++at)
    if (auto check = at->second.lock()) found.push_back(std::move(check));
  return found;
}

std::vector<std::shared_ptr<Check>> Registry::checks() const {
  std::vector<std::shared_ptr<Check>> found;
  std::ptrdiff_t begin = 0;  // of those of the endpoint in hand
  for (const auto& [key, known] : checks_) {
    auto check = known.lock();
    if (!check || !is_to_run(*check)) continue;
    if (!found.empty() && found.back()->endpoint != check->endpoint) begin = std::ssize(found);
    const auto same = std::find_if(found.begin() + begin, found.end(), [&](const auto& other) {
      return asks_the_same(*other, *check);
    });
    if (same == found.end())
      found.push_back(std::move(check));
    else if (check->options.interval < (*same)->options.interval)
      *same = std::move(check);
  }
  return found;
}

std::vector<Transition> Registry::on_probe(const Check& asked, const ProbeResult& result,
                                           WallTime now) {
  std::vector<Transition> transitions;
  for (const auto& check : checks_of(asked.endpoint->id)) {
    if (!is_to_run(*check) || !asks_the_same(*check, asked)) continue;
    if (check->health.on_probe(result, check->options, now)) add_change(transitions, *check);
  }
  return transitions;
}

std::vector<Transition> Registry::on_connect_failure(EndpointId endpoint, const Error& error,
                                                     WallTime now) {
  std::vector<Transition> transitions;
  for (const auto& check : checks_of(endpoint)) {
    if (!is_to_run(*check)) continue;
    if (check->health.on_connect_failure(error, last_usable(*check), check->options, now))
      add_change(transitions, *check);
  }
  return transitions;
}

void Registry::on_connect(EndpointId endpoint) {
  for (const auto& check : checks_of(endpoint)) check->health.on_connect();
}

std::vector<GroupChange> Registry::take_changes() {
  std::vector<GroupChange> changes;
  for (const auto& group : groups_)
    if (std::exchange(group->changed, false))
      changes.push_back({group->group, candidates_of(*group)});
  return changes;
}

/// Endpoints live on where a worker still uses them: those are told that no group leads there.
void Registry::forget_unused() {
  std::set<const Endpoint*> named;
  for (const auto& group : groups_)
    for (const Member& member : group->members) named.insert(member.endpoint.get());
  for (const auto& [key, known] : endpoints_)
    if (const auto endpoint = known.lock())
      endpoint->set_named(named.contains(endpoint.get()) ? Named::yes : Named::no);
  const auto unused = [](const auto& known) { return known.second.expired(); };
  std::erase_if(endpoints_, unused);
  std::erase_if(checks_, unused);
}

}  // namespace minato::upstream
