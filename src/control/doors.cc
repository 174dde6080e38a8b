#include "control/doors.h"

namespace minato::control {
namespace {

/// Calls `visit` for each wildcard but itself that `host` is of.
template <class Visit>
void for_each_wider(std::string_view host, Visit visit) {
  if (host == "*") return;
  visit(std::string("*"));
  const std::size_t own = host.starts_with("*.") ? 2 : 0;  // its own suffix is itself
  for (auto at = host.find('.', own); at != host.npos; at = host.find('.', at + 1))
    visit("*" + std::string(host.substr(at)));
}

bool any_other(const auto& addresses, std::string_view than) {
  return addresses.size() > (addresses.contains(than) ? 1 : 0);
}

}  // namespace

const Doors::Host* Doors::find(std::string_view host) const {
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? nullptr : &found->second;
}

void Doors::add(std::string_view host, const net::Address& door) {
  const std::string address = door.text();
  hosts_[std::string(host)].own.insert(address);
  for_each_wider(host, [&](const std::string& wider) { hosts_[wider].narrower.insert(address); });
}

bool Doors::has_another(std::string_view host, const net::Address& door) const {
  const std::string address = door.text();
  const Host* const there = find(host);
  bool any =
      there != nullptr && (any_other(there->own, address) || any_other(there->narrower, address));
  for_each_wider(host, [&](const std::string& name) {
    const Host* const wider = find(name);
    any = any || (wider != nullptr && any_other(wider->own, address));
  });
  return any;
}

}  // namespace minato::control
