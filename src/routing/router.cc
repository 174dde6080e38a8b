#include "routing/router.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/strings.h"
#include "http/authority.h"
#include "http/char_sets.h"
#include "http/ipv6.h"

namespace minato::routing {
namespace {

using http::host_bytes_max;

/// The host of an authority: no port, no final dot. The brackets of an IPv6 literal stay.
std::string_view host_of(std::string_view authority) {
  std::string_view host = http::split_authority(authority).host;
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

/// The address in brackets, if that is what `host` is.
std::optional<http::Ipv6Bytes> ipv6_of(std::string_view host) {
  if (!host.starts_with('[') || !host.ends_with(']')) return std::nullopt;
  return http::parse_ipv6(host.substr(1, host.size() - 2));
}

/// What a host, which outlives it, is looked up by: a name in lower case; of an address its bytes
/// behind a bracket, since it has many spellings.
class HostKey {
 public:
  explicit HostKey(std::string_view host) : view_(host) {
    if (const auto address = ipv6_of(host)) {
      text_[0] = '[';
      std::memcpy(&text_[1], address->data(), address->size());
      view_ = {text_.data(), 1 + address->size()};
    } else if (!all_fit<http::LowerChars>(host)) {
      std::ranges::transform(host, text_.begin(), to_lower);
      view_ = {text_.data(), host.size()};
    }
  }
  HostKey(const HostKey&) = delete;
  HostKey& operator=(const HostKey&) = delete;
  std::string_view view() const { return view_; }

 private:
  std::string_view view_;
  std::array<char, host_bytes_max> text_;
};

/// Takes the last label off; an address is one label.
std::string_view take_label(std::string_view& host) {
  const auto dot = host.starts_with('[') ? std::string_view::npos : host.rfind('.');
  const auto label = dot == std::string_view::npos ? host : host.substr(dot + 1);
  host = dot == std::string_view::npos ? std::string_view{} : host.substr(0, dot);
  return label;
}

/// Takes the slash and the segment behind it off; `path` begins with a slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool valid_host(std::string_view host) {
  if (host.starts_with('[')) return ipv6_of(host).has_value();
  return !host.empty() && host.size() <= host_bytes_max && !host.contains('*') &&
         !host.starts_with('.');
}

}  // namespace

std::string lookup_key(std::string_view host) {
  host = host_of(host);
  if (host.size() > host_bytes_max) return std::string(host);
  return std::string(HostKey(host).view());
}

Router::Router(std::uint64_t seed) : names_(seed) {
  names_.add_root();  // exact_root
  names_.add_root();  // wildcard_root
}

std::expected<void, Router::Refusal> Router::add(std::string_view host, std::string_view prefix,
                                                 RouteIndex route, http::MergeSlashes merge) {
  host = host_of(host);
  const bool every = host == "*";
  const bool wildcard = every || host.starts_with("*.");
  if (wildcard) host.remove_prefix(every ? 1 : 2);
  if (!every && !valid_host(host)) return std::unexpected(Refusal{Refusal::Why::bad_host});
  if (!prefix.empty() && prefix.front() != '/')
    return std::unexpected(Refusal{Refusal::Why::bad_prefix});

  const HostKey key(host);
  const Node paths = wildcard ? add_wildcard(key.view()) : names_.add(exact_root, key.view());
  Place& root = names_.value(paths);
  if (root.first == no_route) {
    root.first = route;
    root.merge_slashes = merge;
  }
  if (root.merge_slashes != merge)
    return std::unexpected(Refusal{Refusal::Why::other_slashes, root.first});
  Place& place = names_.value(add_path(paths, prefix));
  if (place.route != no_route)
    return std::unexpected(Refusal{Refusal::Why::duplicate, place.route});
  place.route = route;
  return {};
}

std::optional<Router::Host> Router::find_host(std::string_view authority, unsigned* probes) const {
  const std::string_view host = host_of(authority);
  if (host.size() > host_bytes_max) return std::nullopt;
  const HostKey key(host);
  Node paths = names_.find(exact_root, key.view(), probes);
  if (paths == Tree::none) paths = paths_of_wildcard(key.view(), probes);
  if (paths == Tree::none) return std::nullopt;
  return Host{paths, names_.value(paths).merge_slashes};
}

std::optional<RouteIndex> Router::find_route(Host host, std::string_view path,
                                             unsigned* probes) const {
  RouteIndex best = names_.value(host.paths).route;
  if (!path.starts_with('/')) path = {};
  for (Node at = host.paths; !path.empty();) {
    at = names_.find(at, take_segment(path), probes);
    if (at == Tree::none) break;
    if (names_.value(at).route != no_route) best = names_.value(at).route;
  }
  return best == no_route ? std::nullopt : std::optional(best);
}

/// Of the most specific wildcard that takes `host`: the star stands for one label at least.
Router::Node Router::paths_of_wildcard(std::string_view host, unsigned* probes) const {
  Node paths = Tree::none;
  for (Node at = wildcard_root; at != Tree::none;) {
    if (names_.value(at).prefixes != Tree::none) paths = names_.value(at).prefixes;
    const std::string_view label = take_label(host);
    at = host.empty() ? Tree::none : names_.find(at, label, probes);
  }
  return paths;
}

/// The root of the prefixes of every host below `domain`.
Router::Node Router::add_wildcard(std::string_view domain) {
  Node at = wildcard_root;
  while (!domain.empty()) at = names_.add(at, take_label(domain));
  if (names_.value(at).prefixes == Tree::none) {
    const Node root = names_.add_root();
    names_.value(at).prefixes = root;
  }
  return names_.value(at).prefixes;
}

Router::Node Router::add_path(Node host, std::string_view prefix) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  Node at = host;
  while (!prefix.empty()) at = names_.add(at, take_segment(prefix));
  return at;
}

}  // namespace minato::routing
