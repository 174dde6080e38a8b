// The one interface of everything between the protocol in front and the protocol behind: routing,
// middleware, cache, proxy, admin API. A handler that holds a handler is middleware.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "base/soon.h"
#include "base/task.h"
#include "base/time.h"
#include "http/message.h"
#include "http/piping.h"
#include "http/reason.h"
#include "http/request_id.h"

namespace minato::http {

/// How bodies are to move, both ways. The connection obeys whatever stands here when it next waits,
/// so that a handler can set it once it knows whose request it is. Zero: no limit.
struct BodyRules {
  Millis idle = 60s;            ///< no byte for that long in the direction that is waited for
  std::uint64_t bytes_max = 0;  ///< of the request's body
  std::uint64_t rate_min = 0;   ///< bytes a second
  Millis tunnel_idle = 1h;      ///< of an upgraded connection
};

/// The body of a request, pulled piece by piece.
class RequestBody : public PipeSource {
 public:
  virtual ~RequestBody() = default;

  virtual BodyLength length() const = 0;
  /// True while the client still waits for 100 (Continue) before it sends (RFC 9110 10.1.1). No
  /// time runs against it then: whoever reads all the same has a deadline of his own.
  virtual bool awaits_continue() const = 0;
  /// True where all of it was there with the head, so that reading it cannot wait.
  virtual bool buffered() const = 0;
  /// The next bytes, good until the next call; empty at the end. Errors: side downstream.
  virtual Soon<Result<std::string_view>> read() = 0;
  /// True once the last byte was given: no further piece comes, though trailers may.
  virtual bool ended() const = 0;
  /// What followed a chunked body; complete once `read` gave the end.
  virtual const Fields& trailers() const = 0;
};

/// Who asks, as far as the connection and the trusted proxies tell.
struct Client {
  std::string_view address;  ///< textual; the believed one, IPv4 in its own form
  std::string_view peer;     ///< textual; the other end of the connection
  std::uint16_t peer_port = 0;
  bool trusted_peer = false;  ///< what it says of others is believed
  Scheme scheme = Scheme::http;
  std::uint16_t local_port = 0;
};

/// What a cache did for a request.
enum class CacheUse : std::uint8_t {
  none,  ///< nothing: there is none, or it was passed by
  hit,   ///< it answered, and the origin was not asked first
  miss,  ///< it did not, or only once the origin had been asked
};

/// What became of an exchange, for the access log and the counters: handlers write, the connection
/// reads.
struct Record {
  static constexpr std::uint32_t no_route = static_cast<std::uint32_t>(-1);

  Reason reason = Reason::none;
  std::uint32_t route =
      no_route;               ///< index of the service in the configuration that the exchange holds
  std::string_view service;   ///< static for the life of the configuration that the exchange holds
  std::string_view endpoint;  ///< the last one tried, textual
  std::uint16_t upstream_status = 0;
  std::uint8_t attempts = 0;
  Nanos upstream_time{0};  ///< from the first attempt to the response head
  CacheUse cache = CacheUse::none;
  std::string_view cache_text;    ///< what Cache-Status says of it; empty where none
  std::string_view cache_status;  ///< that field, for an answer that Minato makes itself
};

struct Request {
  RequestHead& head;
  RequestBody& body;
  Client client;
  RequestId& id;
  std::string_view upgrade;  ///< the one upgrade that may be forwarded ("websocket"), or empty
  BodyRules& rules;
  Record& record;
  Arena& arena;  ///< lives as long as the exchange
};

/// The bytes of an upgraded connection, both ways. Lives as long as the exchange.
class Tunnel {
 public:
  virtual ~Tunnel() = default;
  /// The next bytes, what came behind the request first; empty at the end. No time runs against it:
  /// whoever reads has a deadline of his own. Errors: side downstream.
  virtual Soon<Result<std::string_view>> read() = 0;
  virtual Soon<Result<void>> write(std::string_view piece) = 0;
  /// Nothing more will be written; the other direction stays open.
  virtual void end_writing() = 0;
};

/// The way back. Calls come in the order interim*, start, write*, finish; or interim*, upgrade.
class Responder : public PipeSink {
 public:
  virtual ~Responder() = default;

  /// Sends a 1xx response at once; does nothing to an HTTP/1.0 client (RFC 9110 15.2).
  virtual Task<Result<void>> interim(const ResponseHead& head) = 0;

  /// Begins the response: framing, Date, Connection are this side's business, the rest is `head`'s.
  /// The head goes out with the first write, or by itself at `flush`. `head` may die after the
  /// call. Until `started` another head may take its place.
  virtual Result<void> start(const ResponseHead& head, BodyLength length) = 0;
  /// True once some of a head is on its way that the client would have to take for the beginning
  /// of whatever else were sent: from then on a failure can only cut the connection.
  virtual bool started() const = 0;

  /// Sends `piece`, and the end with it where it is the last; done when the kernel has taken all of
  /// it, which is the backpressure. `piece` lives until then. Errors: side downstream.
  virtual Soon<Result<void>> write(std::string_view piece, Last last) = 0;
  /// The same of several, at most `pieces_max`, which go out together where this side can do so.
  virtual Soon<Result<void>> write_pieces(std::span<const std::string_view> pieces, Last last);
  static constexpr std::size_t pieces_max = 16;
  virtual Soon<Result<void>> flush() = 0;
  /// Ends the body; trailers go out where the protocol and the client allow them.
  virtual Soon<Result<void>> finish(const Fields* trailers) = 0;

  /// Answers 101 with `head` and hands the connection over; never null.
  virtual Task<Result<Tunnel*>> upgrade(const ResponseHead& head) = 0;
};

/// Why a handler could not answer. Until the response has `started` the connection answers in its
/// place, by the reason's row; after it the connection is cut, since what was begun cannot be
/// completed.
struct Failure {
  Reason reason;
  Error error{};           ///< the fact behind it, for the log
  Seconds retry_after{0};  ///< 0: none
};
using Outcome = std::expected<void, Failure>;

class Handler {
 public:
  virtual ~Handler() = default;
  /// Answers one request. `request` and `responder` live until the task is done or dropped;
  /// dropping it is how a client that vanished cancels the exchange.
  virtual Task<Outcome> handle(Request& request, Responder& responder) = 0;
};

}  // namespace minato::http
