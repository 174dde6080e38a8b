// By which listeners the requests for a host may come.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "net/address.h"

namespace minato::control {

/// Hosts are as routing::lookup_key gives them.
/// Cost: of a host, its labels; of all of them together no more than that of each.
class Doors {
 public:
  void add(std::string_view host, const net::Address& door);
  /// Whether some host that is of this one, or that this one is of, has another door.
  bool has_another(std::string_view host, const net::Address& door) const;

 private:
  using Addresses = std::set<std::string, std::less<>>;
  struct Host {
    Addresses own;
    Addresses narrower;  ///< of hosts that are of this one, a wildcard
  };
  const Host* find(std::string_view host) const;

  std::map<std::string, Host, std::less<>> hosts_;
};

}  // namespace minato::control
