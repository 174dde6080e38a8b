// What one port serves on one worker, as the connections on it see it.
#pragma once

#include <string>
#include <string_view>

#include "base/local_ref.h"
#include "connection/options.h"
#include "http/handler.h"
#include "net/cidr.h"

namespace minato::connection {

/// How long a client that has its answer is heard out before its connection closes (RFC 9112 9.6):
/// as long as it sends, since it may read only behind that, but not for ever, nor where it is
/// silent. `total` holds too for what is read of a body that nobody wanted to keep the connection.
struct Linger {
  Millis idle = 5s;
  Millis total = 120s;
};

/// One configuration's view of a port. An exchange keeps the front that it began with; a reload
/// puts another one into the port. Thread: one worker's.
struct Front : LocalCounted {
  virtual ~Front() = default;
  /// Answers every request of the port.
  virtual http::Handler& handler() = 0;

  ServerTimeouts timeouts;
  ServerLimits limits;
  Linger linger;
  const net::CidrSet* trusted_proxies = nullptr;  ///< not null
  std::string request_id_field;                   ///< empty: none
  http::Scheme scheme = http::Scheme::http;
};

/// What became of one exchange: for the access log and the counters.
struct ExchangeEnd {
  const Front& front;
  const http::RequestHead& head;
  const http::Client& client;
  const http::Record& record;
  http::RequestId& id;
  WallTime began;
  Nanos duration;
  Nanos first_byte;               ///< until the head of the final response was composed
  std::uint16_t status;           ///< of the final response; 0 where none was begun
  std::uint64_t received_bytes;   ///< of the request's body
  std::uint64_t sent_bytes;       ///< all of the response
  std::uint64_t sent_body_bytes;  ///< of its body
  bool whole;                     ///< the response went out to its end, or became a tunnel
};

/// Told of what happens on connections. Thread: the worker's.
class Witness {
 public:
  virtual ~Witness() = default;
  virtual void connection_opened() = 0;
  virtual void connection_closed() = 0;
  /// The first bytes of a request came. Its end follows, however that comes.
  virtual void exchange_began() {}
  virtual void exchange_ended(const ExchangeEnd& end) = 0;
};

/// One open port of one worker.
struct Port : LocalCounted {
  LocalRef<Front> front;
  std::uint16_t number = 0;
  bool closing =
      false;  ///< taken out of the configuration, or shutting down: answer what runs, then close
};

}  // namespace minato::connection
