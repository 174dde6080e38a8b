// Who a request comes from: the other end of the connection, or whom a trusted proxy there names.
#pragma once

#include <string_view>

#include "connection/front.h"
#include "http/request_id.h"
#include "net/address.h"

namespace minato::connection {

struct Peer {
  const net::Address& address;
  std::string_view text;  ///< lives as long as the connection
};

/// From an untrusted peer: the peer itself, whatever it claims. From a trusted one the chain of
/// X-Forwarded-For (else of Forwarded's `for`, else X-Real-IP) is believed from the right: the
/// first address that is not a trusted proxy's is the client; what cannot be read ends the chain.
/// The views live as long as the peer and the head's arena.
http::Client identify_client(const Peer& peer, http::Fields& fields, const Front& front,
                             std::uint16_t local_port);

/// The id of an exchange: what a trusted peer gave it, if that is 1 to 128 characters of a token;
/// else random digits, in `arena`.
http::RequestId request_id(const http::Fields& fields, const http::Client& client,
                           const Front& front, Random& random, Arena& arena);

}  // namespace minato::connection
