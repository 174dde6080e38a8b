// Every endpoint, check and group of the running configuration, and what carries over to the next.
//
// What names the same origin at the same address is the same endpoint, whatever service names it.
// What asks it the same is asked once, however many services do, and each draws its own
// conclusions: a check is what one set of options makes of the answers, and stands for all that
// differ in those alone. An endpoint that is no longer named lives on for as long as a worker still
// uses it, and is found again if it is named again by then.
//
// Thread: the control thread's. It is told what happens (addresses, probes, failed connects) and
// the time; the caller sends what `take_changes` gives to the workers, logs transitions and runs
// probes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "upstream/check.h"
#include "upstream/group.h"

namespace minato::upstream {

/// One endpoint in its place in one group.
struct Member {
  std::shared_ptr<Endpoint> endpoint;
  std::shared_ptr<Check> check;
  const UpstreamOptions* entry;  ///< of the group's configuration
};

/// The names that need resolving.
std::set<std::string> names_of(std::span<const GroupConfig> configs);

/// A group and who is in it.
struct Membership {
  std::shared_ptr<Group> group;
  std::vector<Member> members;
  bool unresolved = false;  ///< an entry's name has no address yet
  bool changed = false;     ///< the workers do not know of it yet
};

/// What every worker is to `install`.
struct GroupChange {
  std::shared_ptr<Group> group;
  std::shared_ptr<const Candidates> candidates;
};

/// Bounds: what the configuration names, and `addresses_max` addresses of each name.
class Registry {
 public:
  static constexpr std::size_t addresses_max = 1024;

  explicit Registry(WorkerIndex workers) : workers_(workers) {}
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// Takes a configuration over: its groups, in order, ready for the workers. One that stands
  /// unchanged in the running configuration is the same object.
  std::vector<std::shared_ptr<Group>> apply(std::vector<GroupConfig> configs, WallTime now);

  /// The names that need resolving, each once.
  std::vector<std::string> names() const;
  /// What `name` resolves to, in any order. An empty list is no news: the last good addresses stay.
  void set_addresses(std::string_view name, std::vector<net::Address> addresses, WallTime now);

  /// One check for every question that is to be asked: of those that ask the same, the one that
  /// asks most often. To be asked again after `apply` and `set_addresses`.
  std::vector<std::shared_ptr<Check>> checks() const;

  // Each returns what changed by it: services for which the endpoint became the same share a
  // transition.
  /// What was found for all that ask the same as `asked`.
  std::vector<Transition> on_probe(const Check& asked, const ProbeResult& result, WallTime now);
  std::vector<Transition> on_connect_failure(EndpointId endpoint, const Error& error, WallTime now);
  /// A request could connect to an endpoint of which a failure was reported.
  void on_connect(EndpointId endpoint);

  /// The groups whose candidates changed since the last call; what `apply` made is up to date.
  std::vector<GroupChange> take_changes();

  /// For status, in the order of the configuration. Good until the next call that changes
  /// something.
  std::span<const std::unique_ptr<Membership>> groups() const { return groups_; }

 private:
  /// A name that needs resolving.
  struct Name {
    std::vector<net::Address> addresses;  ///< the last good ones
    std::vector<Membership*> users;
  };
  using EndpointKey = std::pair<std::string, std::string>;  // origin and address
  using CheckKey = std::pair<EndpointId, std::string>;      // and target

  std::unique_ptr<Membership> make_group(GroupConfig config, const Membership* before,
                                         WallTime now);
  void join(Membership& group, WallTime now);
  void keep_names(std::span<const GroupConfig> configs);
  void link_names();
  std::vector<net::Address> addresses_of(const http::OriginUrl& url) const;
  std::shared_ptr<Endpoint> endpoint_at(const http::OriginUrl& url, const net::Address& address);
  std::shared_ptr<Check> check_of(const std::shared_ptr<Endpoint>& endpoint,
                                  const UpstreamOptions& entry, const HealthOptions& options,
                                  WallTime now);
  std::vector<std::shared_ptr<Check>> checks_of(EndpointId endpoint) const;
  void forget_unused();

  WorkerIndex workers_;
  std::uint32_t next_id_ = 0;
  std::map<std::string, Name, std::less<>> names_;
  std::map<EndpointKey, std::weak_ptr<Endpoint>> endpoints_;
  std::multimap<CheckKey, std::weak_ptr<Check>>
      checks_;  // those of one key differ in their options
  std::vector<std::unique_ptr<Membership>> groups_;
};

}  // namespace minato::upstream
