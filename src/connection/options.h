// How long to wait for a peer, and how much of it to take.
#pragma once

#include "base/time.h"
#include "base/units.h"
#include "schema/declare.h"

namespace minato::connection {

/// What is decided before a request is known, and so before its service is. Zero: no limit.
struct ServerTimeouts {
  Millis request_header = 10s;  ///< first byte to the end of the head
  Millis keep_alive = 75s;      ///< idle client connection
  friend bool operator==(const ServerTimeouts&, const ServerTimeouts&) = default;
};

/// What each service may decide for itself. Zero: no limit.
struct ExchangeTimeouts {
  Millis connect = 5s;
  Millis response_header = 60s;
  Millis stream_idle = 60s;  ///< no byte of a body in either direction
  Millis tunnel_idle = 1h;   ///< upgraded connections
  Bytes min_rate{
      0};  ///< a second; 0: off. Slower senders of bodies are cut off after `min_rate_grace`
  friend bool operator==(const ExchangeTimeouts&, const ExchangeTimeouts&) = default;
};
inline constexpr Millis min_rate_grace = 30s;

struct Timeouts {
  ServerTimeouts server;
  ExchangeTimeouts exchange;
  friend bool operator==(const Timeouts&, const Timeouts&) = default;
};

/// What is decided before a request is known.
struct ServerLimits {
  std::uint32_t connections =
      0;  ///< client connections of the whole process; 0: what descriptors allow
  Bytes request_header_size = 64_KiB;
  std::uint32_t request_header_count = 200;
  Bytes request_target = 16_KiB;
  friend bool operator==(const ServerLimits&, const ServerLimits&) = default;
};

/// What each service may decide for itself.
struct ExchangeLimits {
  Bytes request_body{0};  ///< 0: no limit
  Bytes response_header_size = 64_KiB;
  friend bool operator==(const ExchangeLimits&, const ExchangeLimits&) = default;
};

struct Limits {
  ServerLimits server;
  ExchangeLimits exchange;
  friend bool operator==(const Limits&, const Limits&) = default;
};

}  // namespace minato::connection

namespace minato::schema {

template <>
inline constexpr auto of<connection::ServerTimeouts> =
    object("Timeouts of client connections.",
           field(&connection::ServerTimeouts::request_header, "request_header",
                 "From the first byte of a request to the end of its head. Over it: 408.",
                 between(100ms, 1h), zero_means("no limit")),
           field(&connection::ServerTimeouts::keep_alive, "keep_alive",
                 "How long a client connection may stay open without a request.",
                 between(100ms, 24h), zero_means("no limit")));

template <>
inline constexpr auto of<connection::ExchangeTimeouts> =
    object("Timeouts of one exchange.",
           field(&connection::ExchangeTimeouts::connect, "connect",
                 "To connect to an endpoint. Over it: the next endpoint, or 504.",
                 between(10ms, 1h), zero_means("no limit")),
           field(&connection::ExchangeTimeouts::response_header, "response_header",
                 "From the end of the request to the head of the response. Over it: 504.",
                 between(10ms, 24h), zero_means("no limit")),
           field(&connection::ExchangeTimeouts::stream_idle, "stream_idle",
                 "How long a body may stand still, in either direction.", between(100ms, 24h),
                 zero_means("no limit")),
           field(&connection::ExchangeTimeouts::tunnel_idle, "tunnel_idle",
                 "How long an upgraded connection (a WebSocket) may be silent. Once one side has "
                 "ended its direction: 60 s, if this is not less.",
                 between(1s, 168h), zero_means("no limit")),
           field(&connection::ExchangeTimeouts::min_rate, "min_rate",
                 "Bytes a second; who sends a body more slowly than this for 30 s is cut off.",
                 between(1_B, 1024_MiB), zero_means("off")));

template <>
inline constexpr auto of<connection::Timeouts> =
    object("How long to wait.", part(&connection::Timeouts::server),
           part(&connection::Timeouts::exchange));

template <>
inline constexpr auto of<connection::ServerLimits> = object(
    "Limits of client connections.",
    field(&connection::ServerLimits::connections, "connections",
          "Client connections of the whole process. At the limit new ones wait to be accepted.",
          between(1u, 10'000'000u), zero_means("what descriptors allow")),
    field(&connection::ServerLimits::request_header_size, "request_header_size",
          "Size of a request's head. Over it: 431.", between(1_KiB, 1_MiB)),
    field(&connection::ServerLimits::request_header_count, "request_header_count",
          "Header fields of a request. Over it: 431.", between(10u, 10'000u)),
    field(&connection::ServerLimits::request_target, "request_target",
          "Size of a request's target (path and query). Over it: 414.", between(256_B, 1_MiB)));

template <>
inline constexpr auto of<connection::ExchangeLimits> =
    object("Limits of one exchange.",
           field(&connection::ExchangeLimits::request_body, "request_body",
                 "Size of a request's body. Over it: 413.", between(1_B, Bytes{1ull << 50}),
                 zero_means("no limit")),
           field(&connection::ExchangeLimits::response_header_size, "response_header_size",
                 "Size of a response's head. Over it: 502.", between(1_KiB, 1_MiB)));

template <>
inline constexpr auto of<connection::Limits> = object(
    "How much to take.", part(&connection::Limits::server), part(&connection::Limits::exchange));

}  // namespace minato::schema
