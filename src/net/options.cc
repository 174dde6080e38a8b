#include "net/options.h"

#include "net/address.h"

namespace minato::net {

std::optional<schema::Rejection> check_dns_server(std::string_view text) {
  const auto server = Address::parse_with_port(text, dns_port);
  if (server && server->port() != 0 && !server->is_wildcard()) return std::nullopt;
  return schema::Rejection{};
}

}  // namespace minato::net
