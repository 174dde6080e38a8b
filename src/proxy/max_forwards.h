// Max-Forwards (RFC 9110 7.6.2): how many more hops a TRACE or an OPTIONS may make.
#pragma once

#include "http/handler.h"

namespace minato::proxy {

struct MaxForwards {
  enum class Kind : std::uint8_t {
    unlimited,  ///< not said, or of another method, where it means nothing
    limited,
    spent,      ///< this hop is the final recipient
    malformed,  ///< and whoever is next could read it as anything
  };
  Kind kind = Kind::unlimited;
  std::uint32_t left = 0;  ///< where limited, with this hop
};

MaxForwards max_forwards(const http::RequestHead& head);

/// Puts what is left for the next hop into `forwarded`, where it is limited.
void count_hop(const MaxForwards& hops, http::Fields& forwarded);

/// Answers an OPTIONS as its final recipient: this hop is here, and takes requests.
Task<http::Outcome> answer_options(http::Request& request, http::Responder& responder);

}  // namespace minato::proxy
