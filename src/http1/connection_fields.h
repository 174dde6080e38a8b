// Fields that speak of one connection and not of the message (RFC 9110 7.6.1, 7.8, 10.1.4; RFC 9112
// 9).
#pragma once

#include <optional>

#include "base/time.h"
#include "http/message.h"

namespace minato::http1 {

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
};
ConnectionOptions connection_options(const http::Fields& fields);

/// True where `connection`, all of a message's Connection, names the field `name`. A list of
/// tokens: a quote in it hides nothing behind it.
bool names_option(std::string_view connection, std::string_view name);

/// More options than this are an attack on whoever looks each of them up: the head parsers refuse
/// them.
inline constexpr std::size_t connection_options_max = 32;
bool has_too_many_options(const http::Fields& fields);

/// RFC 9112 9.3, as far as the head tells: a body that ends with the connection, or one that was
/// not read to its end, forbids reuse too.
bool keep_alive(const http::RequestHead& head);
bool keep_alive(const http::ResponseHead& head);

/// `websocket` where the request asks for it as RFC 6455 4.1 says (HTTP/1.1, GET, no body, named by
/// Connection), else empty. Every other protocol, h2c first, is ignored as RFC 9110 7.8 allows.
std::string_view wanted_upgrade(const http::RequestHead& head);
/// True where a 101 response switches to `wanted` and to nothing else (RFC 9110 7.8).
bool switches_to(const http::ResponseHead& head, std::string_view wanted);

/// TE: trailers (RFC 9110 10.1.4): the sender would like trailers to reach it.
bool accepts_trailers(const http::Fields& fields);

/// The N of `Keep-Alive: timeout=N`: how long the peer keeps an idle connection.
std::optional<Seconds> keep_alive_timeout(const http::Fields& fields);

/// Removes what must not be forwarded: Connection, Keep-Alive, Proxy-Connection, TE,
/// Transfer-Encoding, Upgrade, HTTP2-Settings, and the fields that Connection names, as
/// http::remove_nominated does.
void remove_hop_by_hop(http::Fields& fields);

}  // namespace minato::http1
