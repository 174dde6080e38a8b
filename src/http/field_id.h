// Known field names as small integers: one look-up when a head is read, none after it.
#pragma once

#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace minato::http {

// X(identifier, canonical spelling). The one list of known names.
#define MINATO_KNOWN_FIELDS(X)                            \
  X(accept, "Accept")                                     \
  X(accept_encoding, "Accept-Encoding")                   \
  X(accept_language, "Accept-Language")                   \
  X(accept_ranges, "Accept-Ranges")                       \
  X(age, "Age")                                           \
  X(allow, "Allow")                                       \
  X(alt_svc, "Alt-Svc")                                   \
  X(authorization, "Authorization")                       \
  X(cache_control, "Cache-Control")                       \
  X(cache_status, "Cache-Status")                         \
  X(connection, "Connection")                             \
  X(content_encoding, "Content-Encoding")                 \
  X(content_language, "Content-Language")                 \
  X(content_length, "Content-Length")                     \
  X(content_location, "Content-Location")                 \
  X(content_range, "Content-Range")                       \
  X(content_type, "Content-Type")                         \
  X(cookie, "Cookie")                                     \
  X(date, "Date")                                         \
  X(etag, "ETag")                                         \
  X(expect, "Expect")                                     \
  X(expires, "Expires")                                   \
  X(forwarded, "Forwarded")                               \
  X(host, "Host")                                         \
  X(http2_settings, "HTTP2-Settings")                     \
  X(if_match, "If-Match")                                 \
  X(if_modified_since, "If-Modified-Since")               \
  X(if_none_match, "If-None-Match")                       \
  X(if_range, "If-Range")                                 \
  X(if_unmodified_since, "If-Unmodified-Since")           \
  X(keep_alive, "Keep-Alive")                             \
  X(last_modified, "Last-Modified")                       \
  X(link, "Link")                                         \
  X(location, "Location")                                 \
  X(max_forwards, "Max-Forwards")                         \
  X(origin, "Origin")                                     \
  X(pragma, "Pragma")                                     \
  X(proxy_authenticate, "Proxy-Authenticate")             \
  X(proxy_authorization, "Proxy-Authorization")           \
  X(proxy_connection, "Proxy-Connection")                 \
  X(proxy_status, "Proxy-Status")                         \
  X(range, "Range")                                       \
  X(referer, "Referer")                                   \
  X(retry_after, "Retry-After")                           \
  X(sec_websocket_accept, "Sec-WebSocket-Accept")         \
  X(sec_websocket_extensions, "Sec-WebSocket-Extensions") \
  X(sec_websocket_key, "Sec-WebSocket-Key")               \
  X(sec_websocket_protocol, "Sec-WebSocket-Protocol")     \
  X(sec_websocket_version, "Sec-WebSocket-Version")       \
  X(server, "Server")                                     \
  X(set_cookie, "Set-Cookie")                             \
  X(te, "TE")                                             \
  X(trailer, "Trailer")                                   \
  X(transfer_encoding, "Transfer-Encoding")               \
  X(upgrade, "Upgrade")                                   \
  X(user_agent, "User-Agent")                             \
  X(vary, "Vary")                                         \
  X(via, "Via")                                           \
  X(warning, "Warning")                                   \
  X(www_authenticate, "WWW-Authenticate")                 \
  X(x_forwarded_for, "X-Forwarded-For")                   \
  X(x_forwarded_host, "X-Forwarded-Host")                 \
  X(x_forwarded_proto, "X-Forwarded-Proto")               \
  X(x_real_ip, "X-Real-IP")                               \
  X(x_request_id, "X-Request-Id")

enum class FieldId : std::uint8_t {
  unknown,
#define MINATO_ENUMERATE(identifier, spelling) identifier,
  MINATO_KNOWN_FIELDS(MINATO_ENUMERATE)
#undef MINATO_ENUMERATE
      count_
};
inline constexpr std::size_t field_id_count = static_cast<std::size_t>(FieldId::count_);

/// `unknown` where the name is not listed. Case-insensitive (RFC 9110 5.1).
FieldId field_id(std::string_view name) noexcept;
/// As it is written in new fields; empty for `unknown`.
std::string_view canonical_name(FieldId id) noexcept;

/// True where an origin that reads fields from its environment takes both names for one: CGI leaves
/// no difference between `-` and `_` (RFC 3875 4.1.18).
bool same_variable(std::string_view name, std::string_view other) noexcept;
/// The known name that `name` is taken for there.
FieldId field_id_as_variable(std::string_view name) noexcept;

/// A set of known names.
class FieldIdSet {
 public:
  constexpr FieldIdSet() = default;
  FieldIdSet(std::initializer_list<FieldId> ids) {
    for (const FieldId id : ids) insert(id);
  }
  void insert(FieldId id) { bits_[static_cast<std::size_t>(id)] = true; }
  bool contains(FieldId id) const { return bits_[static_cast<std::size_t>(id)]; }

 private:
  std::bitset<field_id_count> bits_;
};

}  // namespace minato::http
