// Settings of name resolution.
#pragma once

#include "base/time.h"
#include "schema/declare.h"

namespace minato::net {

inline constexpr std::uint16_t dns_port = 53;  ///< where a server states none

struct DnsOptions {
  std::vector<std::string> servers;  ///< `address` or `address:port`; empty: those of the system
  Millis min_ttl = 1s;
  Millis max_ttl = 5min;
  friend bool operator==(const DnsOptions&, const DnsOptions&) = default;
};

/// Wrong where `text` is not an IP address with an optional port.
std::optional<schema::Rejection> check_dns_server(std::string_view text);

}  // namespace minato::net

namespace minato::schema {

template <>
inline constexpr auto of<net::DnsOptions> = object(
    "How the names of upstreams are resolved. Answers are used for as long as they say, within "
    "these bounds.",
    field(&net::DnsOptions::servers, "servers", "Name servers to ask; empty: those of the system.",
          checked(net::check_dns_server, "IP addresses, each with an optional port")),
    field(&net::DnsOptions::min_ttl, "min_ttl", "An answer is used at least so long.",
          between(1s, 24h)),
    field(&net::DnsOptions::max_ttl, "max_ttl", "An answer is used at most so long.",
          between(1s, 24h)));

}  // namespace minato::schema
