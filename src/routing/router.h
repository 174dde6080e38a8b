// Which route of one listening port takes a request: the host first, then the path.
//
// Hosts, the most specific first: the exact name; `*.example.com`, the longest suffix first, which
// takes every name below example.com and not example.com itself; `*`, which takes whatever is left,
// a missing Host too. Paths: the longest prefix at a segment boundary, so that /api takes /api and
// /api/x, not /apiary; a trailing slash of the prefix means nothing.
//
// Each pair of host and prefix is a rule of its own, so the most specific host that has a prefix
// for the path wins: beside `example.com/api`, a `*` still takes what example.com has no prefix
// for.
//
// Thread: built on one, then only read, by any number. Looking up never allocates, and costs by the
// labels and segments that it matches, whatever the number of hosts and prefixes.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "routing/name_tree.h"

namespace minato::routing {

/// Whatever the caller numbers its routes by.
using RouteIndex = std::uint32_t;

class Router {
 public:
  /// Why a rule was not added.
  struct Refusal {
    enum class Why : std::uint8_t { bad_host, bad_prefix, duplicate };
    Why why;
    RouteIndex holder = 0;  ///< the route that has the rule already, where it is a duplicate
  };

  explicit Router(std::uint64_t seed);

  /// `host` in any case, with or without a port and a final dot; `*` alone or as the first label.
  /// `prefix` is normalized as the paths of requests are; empty means "/".
  std::expected<void, Refusal> add(std::string_view host, std::string_view prefix,
                                   RouteIndex route);

  /// The route for a request to `authority`, a host of at most http::host_bytes_max with or without
  /// a port, and the normalized `path`. One that does not begin with a slash (`OPTIONS *`) is taken
  /// as "/". Adds the table slots it looked at to `*probes`, if given.
  std::optional<RouteIndex> find(std::string_view authority, std::string_view path,
                                 unsigned* probes = nullptr) const;

 private:
  /// What hangs on a node.
  struct Place {
    std::uint32_t prefixes =
        ~std::uint32_t{0};            // of the hosts below a wildcard: the root of their paths
    std::optional<RouteIndex> route;  // where a prefix ends
  };
  using Tree = NameTree<Place>;
  using Node = Tree::Node;
  // Below the one stand exact hosts, whole, and below each the segments of its prefixes; below the
  // other the names behind `*.`, label by label from the right. `*` is that root itself.
  static constexpr Node exact_root = 0, wildcard_root = 1;

  Node add_wildcard(std::string_view domain);
  Node add_path(Node host, std::string_view prefix);
  Node longest_wildcard(std::string_view host, unsigned* probes) const;
  std::optional<RouteIndex> longest_prefix(Node host, std::string_view path,
                                           unsigned* probes) const;

  Tree names_;
};

}  // namespace minato::routing
