// What a forwarded request tells the origin of its way.
#pragma once

#include "schema/declare.h"

namespace minato::proxy {

struct ForwardingOptions {
  bool x_forwarded = true;  ///< X-Forwarded-For, -Proto and -Host
  bool x_real_ip = true;
  bool forwarded = false;                   ///< RFC 7239
  bool via = true;                          ///< RFC 9110 7.6.3
  std::string request_id = "X-Request-Id";  ///< name of the field; empty: none
  friend bool operator==(const ForwardingOptions&, const ForwardingOptions&) = default;
};

/// Wrong where `text` is neither empty nor a field name (RFC 9110 5.1) that may be set freely.
std::optional<schema::Rejection> check_request_id_field(std::string_view text);

}  // namespace minato::proxy

namespace minato::schema {

template <>
inline constexpr auto of<proxy::ForwardingOptions> =
    object("Fields that are added to forwarded requests.",
           field(&proxy::ForwardingOptions::x_forwarded, "x_forwarded",
                 "X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host."),
           field(&proxy::ForwardingOptions::x_real_ip, "x_real_ip", "X-Real-IP."),
           field(&proxy::ForwardingOptions::forwarded, "forwarded", "Forwarded (RFC 7239)."),
           field(&proxy::ForwardingOptions::via, "via",
                 "Via, which also finds loops: without it none is found."),
           field(&proxy::ForwardingOptions::request_id, "request_id",
                 "Field that carries the request id; empty: none. Only at the top: an id is "
                 "believed, and its name with it, before the service is known.",
                 only_at_top, checked(proxy::check_request_id_field, "a field name")));

}  // namespace minato::schema
