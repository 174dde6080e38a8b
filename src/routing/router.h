// Which route of one listening port takes a request: the host first, then the path.
//
// Hosts, the most specific first: the exact name; `*.example.com`, the longest suffix first, which
// takes every name below example.com and not example.com itself; `*`, which takes whatever is left,
// a missing Host too. Paths: the longest prefix at a segment boundary, so that /api takes /api and
// /api/x, not /apiary; a trailing slash of the prefix means nothing.
//
// The host decides alone: what it has no prefix for goes nowhere, whatever a less specific one has.
// How a path is compared belongs to the host therefore, and is known before the path is looked at.
//
// Thread: built on one, then only read, by any number. Looking up never allocates, and costs by the
// labels and segments that it matches, whatever the number of hosts and prefixes.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/path.h"
#include "routing/name_tree.h"

namespace minato::routing {

/// Whatever the caller numbers its routes by.
using RouteIndex = std::uint32_t;

/// What `host`, as `Router::add` takes it, is looked up by: hosts of which it is equal are one. No
/// text for people.
std::string lookup_key(std::string_view host);

class Router {
 public:
  /// Why a rule was not added.
  struct Refusal {
    enum class Why : std::uint8_t { bad_host, bad_prefix, duplicate, other_slashes };
    Why why;
    RouteIndex holder = 0;  ///< the route that it cannot stand beside, for the last two
  };
  struct Host {
    std::uint32_t paths;  ///< for the router
    http::MergeSlashes merge_slashes;
  };

  explicit Router(std::uint64_t seed);

  /// `host` in any case, with or without a port and a final dot; `*` alone or as the first label.
  /// `prefix` is normalized as the paths of requests are; empty means "/". All rules of a host have
  /// the same `merge`.
  std::expected<void, Refusal> add(std::string_view host, std::string_view prefix, RouteIndex route,
                                   http::MergeSlashes merge = http::MergeSlashes::yes);

  /// The host that takes requests to `authority`, a host of at most http::host_bytes_max with or
  /// without a port. Adds the table slots it looked at to `*probes`, if given.
  std::optional<Host> find_host(std::string_view authority, unsigned* probes = nullptr) const;
  /// The route of `path`, normalized as `host` asks. One that does not begin with a slash
  /// (`OPTIONS *`) is taken as "/".
  std::optional<RouteIndex> find_route(Host host, std::string_view path,
                                       unsigned* probes = nullptr) const;

 private:
  static constexpr RouteIndex no_route = ~RouteIndex{0};
  /// What hangs on a node.
  struct Place {
    std::uint32_t prefixes =
        ~std::uint32_t{0};        // of the hosts below a wildcard: the root of their paths
    RouteIndex route = no_route;  // where a prefix ends
    RouteIndex first = no_route;  // of the root of a host's paths: what came first
    http::MergeSlashes merge_slashes = http::MergeSlashes::yes;  // there
  };
  using Tree = NameTree<Place>;
  using Node = Tree::Node;
  // Below the one stand exact hosts, whole, and below each the segments of its prefixes; below the
  // other the names behind `*.`, label by label from the right. `*` is that root itself.
  static constexpr Node exact_root = 0, wildcard_root = 1;

  Node add_wildcard(std::string_view domain);
  Node add_path(Node host, std::string_view prefix);
  Node paths_of_wildcard(std::string_view host, unsigned* probes) const;

  Tree names_;
};

}  // namespace minato::routing
