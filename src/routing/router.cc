#include "routing/router.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "http/authority.h"

namespace minato::routing {
namespace {

using http::host_bytes_max;

/// The host of an authority: no port, no final dot. The brackets of an IPv6 literal stay.
std::string_view host_of(std::string_view authority) {
  const auto bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const auto port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto host = authority.substr(0, port);
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

/// A host in lower case, on the stack.
class LowerHost {
 public:
  explicit LowerHost(std::string_view host) : size_(host.size()) {
    std::ranges::transform(host, text_.begin(), to_lower);
  }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, host_bytes_max> text_;
  std::size_t size_;
};

/// Takes the last label off; an address literal is one label.
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
  return !host.empty() && host.size() <= host_bytes_max && !host.contains('*') &&
         !host.starts_with('.');
}

}  // namespace

std::expected<void, Router::Refusal> Router::add(std::string_view host, std::string_view prefix,
                                                 RouteIndex route) {
  host = host_of(host);
  const bool every = host == "*";
  const bool wildcard = every || host.starts_with("*.");
  if (wildcard) host.remove_prefix(every ? 1 : 2);
  if (!every && !valid_host(host)) return std::unexpected(Refusal{Refusal::Why::bad_host});
  if (!prefix.empty() && prefix.front() != '/')
    return std::unexpected(Refusal{Refusal::Why::bad_prefix});

  const Node at = add_host(LowerHost(host).view());
  Node paths = wildcard ? places_[at].wildcard : places_[at].exact;
  if (paths == NameTree::none) {
    paths = add_root();
    (wildcard ? places_[at].wildcard : places_[at].exact) = paths;
  }
  Place& place = places_[add_path(paths, prefix)];
  if (place.route) return std::unexpected(Refusal{Refusal::Why::duplicate, *place.route});
  place.route = route;
  return {};
}

std::optional<RouteIndex> Router::find(std::string_view authority, std::string_view path,
                                       unsigned* probes) const {
  const std::string_view host = host_of(authority);
  // An empty first label would vanish in the walk, and the name below it be taken for the host.
  if (host.size() > host_bytes_max || host.starts_with('.')) return std::nullopt;
  const LowerHost lower(host);
  std::string_view rest = lower.view();
  Node at = host_root;
  bool known = true;
  while (known && !rest.empty()) {
    const Node below = names_.find(at, take_label(rest), probes);
    known = below != NameTree::none;
    if (known) at = below;
  }
  if (known) {
    if (const auto route = longest_prefix(places_[at].exact, path, probes)) return route;
    if (at != host_root) at = names_.parent(at);  // *.example.com is not for example.com itself
  }
  for (; at != NameTree::none; at = names_.parent(at))
    if (const auto route = longest_prefix(places_[at].wildcard, path, probes)) return route;
  return std::nullopt;
}

std::optional<RouteIndex> Router::longest_prefix(Node root, std::string_view path,
                                                 unsigned* probes) const {
  if (root == NameTree::none) return std::nullopt;
  std::optional<RouteIndex> best = places_[root].route;
  if (!path.starts_with('/')) return best;
  for (Node at = root; !path.empty();) {
    at = names_.find(at, take_segment(path), probes);
    if (at == NameTree::none) break;
    if (places_[at].route) best = places_[at].route;
  }
  return best;
}

Router::Node Router::add_root() {
  places_.emplace_back();
  return names_.add_root();
}

Router::Node Router::add_child(Node parent, std::string_view name) {
  const Node node = names_.add(parent, name);
  if (node == places_.size()) places_.emplace_back();
  return node;
}

Router::Node Router::add_host(std::string_view host) {
  Node at = host_root;
  while (!host.empty()) at = add_child(at, take_label(host));
  return at;
}

Router::Node Router::add_path(Node root, std::string_view prefix) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  Node at = root;
  while (!prefix.empty()) at = add_child(at, take_segment(prefix));
  return at;
}

}  // namespace minato::routing
